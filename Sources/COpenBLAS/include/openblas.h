#ifndef DCGAN_OPENBLAS_H
#define DCGAN_OPENBLAS_H

// OpenBLAS by dlopen. The library reads OPENBLAS_CORETYPE when it is loaded, so it is never linked: the right
// core is chosen first (ob_open). See docs/architecture.md.

/// Opens the library with OPENBLAS_CORETYPE set to core (left alone if core is NULL or the variable is already
/// set by the user), single-threaded. Returns 0, or -1 with the reason in ob_error(). Later calls return the
/// first call's result.
int ob_open(const char *core);

/// Why ob_open failed; an empty string if it did not.
const char *ob_error(void);

/// The library's configuration string ("OpenBLAS 0.3.21 ..."), and the core whose kernels it runs.
const char *ob_config(void);
const char *ob_core(void);

/// 1 if calls of ob_sgemm go one at a time: only OpenBLAS's OpenMP build was found, which threads other
/// than OpenMP's must not enter together. After ob_open.
int ob_one_at_a_time(void);

/// Row-major C[m x n] = alpha op(A)[m x k] op(B)[k x n] + beta C, leading dimensions in elements.
/// transpose_a: A is stored k x m. transpose_b: B is stored n x k. Only after ob_open has succeeded.
void ob_sgemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
              const float *b, int ldb, float beta, float *c, int ldc);

/// Eigenvalues, ascending, of the symmetric n x n matrix a, into w, and eigenvectors as rows over a (LAPACK's dsyevd). Returns
/// 0; -1 where the library has no LAPACK or there is no memory; LAPACK's own code where it does not converge. Only after
/// ob_open has succeeded, by one thread at a time.
int ob_symmetric_eigen(int n, double *a, double *w);

/// Row-major c [m][n] = a [m][k] b^T, b [n][k]. Returns 0, or -1 where the library has no dgemm. Only after ob_open has
/// succeeded.
int ob_dgemm(int m, int n, int k, const double *a, const double *b, double *c);

/// Adds the products of the rows of x [n][k] with each other, sums[i][j] += x[i] x[j], to the lower triangle of sums [n][n].
/// Returns 0, or -1 where the library has no dsyrk. Only after ob_open has succeeded, by one thread at a time.
int ob_add_products(int n, int k, const double *x, double *sums);

/// Puts L of L L^T = a into the lower triangle of the symmetric a [n][n], whose lower triangle is read (LAPACK's dpotrf). The
/// rest is left as it is. Returns 0; -1 where the library has no LAPACK; LAPACK's own code where a is not positive definite.
/// Only after ob_open has succeeded, by one thread at a time.
int ob_cholesky(int n, double *a);

#endif
