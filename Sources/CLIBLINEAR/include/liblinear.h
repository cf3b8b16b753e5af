#ifndef DCGAN_LIBLINEAR_H
#define DCGAN_LIBLINEAR_H

// LIBLINEAR (Fan et al. 2008) by dlopen, so that only the commands that need linear models need it.

/// The two linear models that are trained, both with the regularizer |w|^2 / 2.
enum ll_solver {
  /// Logistic regression: C sum log(1 + exp(-y w x)), by a trust region method.
  ll_logistic = 0,
  /// Support vector machine with squared hinge loss: C sum max(0, 1 - y w x)^2, by coordinate descent in the dual
  /// problem, which is faster on D's features than the library's solvers of the primal one.
  ll_svm = 1
};

/// Opens the library. Returns 0, or -1 with the reason in ll_error(). Later calls return the first call's result.
int ll_open(void);

/// Why ll_open failed; an empty string if it did not.
const char *ll_error(void);

/// The library's version, such as 230 for 2.30. After ll_open.
int ll_version(void);

/// Rows of numbers in the form in which LIBLINEAR reads them, each with a 1 after its last number. Only after ll_open
/// has succeeded.
typedef struct ll_rows ll_rows;

/// The bytes that `count` rows of `features` numbers take.
unsigned long ll_rows_bytes(long count, int features);

/// Memory for `count` rows of `features` numbers. NULL where the system has none.
ll_rows *ll_rows_make(long count, int features);
/// Sets a row: (values[i] - mean[i]) * scale[i]. Threads may set different rows at once.
void ll_rows_set(ll_rows *rows, long row, const float *values, const double *mean, const double *scale);
/// Sets the first `count` numbers of a row; the others are 0, and take no time in training.
void ll_rows_set_first(ll_rows *rows, long row, const double *values, int count);
/// Gives `count` numbers of a row that ll_rows_set has set, from the number `first` on.
void ll_rows_get(const ll_rows *rows, long row, int first, int count, double *values);
/// Frees the rows.
void ll_rows_free(ll_rows *rows);

/// Trains a model that tells rows with positive[i] != 0 from the others. Both kinds must be there.
/// chosen: the numbers of the `count` rows that it is trained on. solver: of ll_solver.
/// tolerance: the library's eps.
/// weights: gets features + 1 numbers; the last one belongs to the 1 after each row.
/// Returns 0, or -1 where the library refuses or has no memory.
/// Equal rows give equal weights. Coordinate descent takes the rows in an order of rand(), which is begun anew for each model;
/// so threads that train support vector machines take turns, and use ranks, not threads, to train several at once.
int ll_train(const ll_rows *rows, const long *chosen, const unsigned char *positive, int count, int solver, double c,
             double tolerance, double *weights);

/// The value w x of a row; `weights` as ll_train gives them.
double ll_value(const ll_rows *rows, long row, const double *weights);

#endif
