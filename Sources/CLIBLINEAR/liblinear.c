#include "liblinear.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The library's own types, as its linear.h has them; the build does not need that file.
struct node {
  int index;
  double value;
};

struct problem {
  int l, n;
  double *y;
  struct node **x;
  double bias;
};

// From version 2.40 on, nu, regularize_bias and w_recalc are there too.
struct parameter_230 {
  int solver_type;
  double eps, C;
  int nr_weight;
  int *weight_label;
  double *weight;
  double p;
  double *init_sol;
};

struct parameter_240 {
  int solver_type;
  double eps, C;
  int nr_weight;
  int *weight_label;
  double *weight;
  double p, nu;
  double *init_sol;
  int regularize_bias;
  unsigned char w_recalc;
};

typedef void model;

static model *(*train)(const struct problem *, const void *);
static const char *(*check_parameter)(const struct problem *, const void *);
static double (*get_decfun_coef)(const model *, int, int);
static double (*get_decfun_bias)(const model *, int);
static void (*free_and_destroy_model)(model **);
static int version;
static char error_text[512];
static int status = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void say_nothing(const char *text) { (void)text; }

// Returns 0 where the library lacks a function.
static int take(void *library) {
  const int *number = (const int *)dlsym(library, "liblinear_version");
  version = number ? *number : 0;
  train = (model * (*)(const struct problem *, const void *)) dlsym(library, "train");
  check_parameter = (const char *(*)(const struct problem *, const void *))dlsym(library, "check_parameter");
  get_decfun_coef = (double (*)(const model *, int, int))dlsym(library, "get_decfun_coef");
  get_decfun_bias = (double (*)(const model *, int))dlsym(library, "get_decfun_bias");
  free_and_destroy_model = (void (*)(model **))dlsym(library, "free_and_destroy_model");
  void (*set_print)(void (*)(const char *)) =
      (void (*)(void (*)(const char *)))dlsym(library, "set_print_string_function");
  if (!train || !check_parameter || !get_decfun_coef || !get_decfun_bias || !free_and_destroy_model || !set_print)
    return 0;
  set_print(say_nothing);
  return 1;
}

static void open_library(void) {
  static const char *const names[] = {"liblinear.so.4", "liblinear.so.5", "liblinear.so.6", "liblinear.so"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof names[0] && !library; i++) library = dlopen(names[i], RTLD_NOW);
  if (!library) {
    snprintf(error_text, sizeof error_text, "liblinear.so.4 cannot be opened");
  } else if (!take(library)) {
    snprintf(error_text, sizeof error_text, "the library lacks a function");
  } else if (version < 230 || version >= 300) {
    snprintf(error_text, sizeof error_text, "it is version %d, and 230 to 299 are known", version);
  } else {
    status = 0;
  }
}

int ll_open(void) {
  pthread_once(&once, open_library);
  return status;
}

const char *ll_error(void) { return error_text; }
int ll_version(void) { return version; }

struct ll_rows {
  int features;
  size_t stride;
  struct node *nodes;
};

// Each row ends with the 1 and with a node whose index is -1.
static size_t row_nodes(int features) { return (size_t)features + 2; }

unsigned long ll_rows_bytes(long count, int features) {
  return (unsigned long)count * row_nodes(features) * sizeof(struct node);
}

ll_rows *ll_rows_make(long count, int features) {
  ll_rows *rows = malloc(sizeof *rows);
  if (!rows) return NULL;
  rows->features = features;
  rows->stride = row_nodes(features);
  rows->nodes = malloc(ll_rows_bytes(count, features));
  if (rows->nodes) return rows;
  free(rows);
  return NULL;
}

static void end_row(const ll_rows *rows, struct node *node) {
  node[0].index = rows->features + 1;
  node[0].value = 1;
  node[1].index = -1;
}

void ll_rows_set(ll_rows *rows, long row, const float *values, const double *mean, const double *scale) {
  struct node *node = rows->nodes + (size_t)row * rows->stride;
  for (int i = 0; i < rows->features; i++) {
    node[i].index = i + 1;
    node[i].value = (values[i] - mean[i]) * scale[i];
  }
  end_row(rows, node + rows->features);
}

void ll_rows_set_first(ll_rows *rows, long row, const double *values, int count) {
  struct node *node = rows->nodes + (size_t)row * rows->stride;
  for (int i = 0; i < count; i++) {
    node[i].index = i + 1;
    node[i].value = values[i];
  }
  end_row(rows, node + count);
}

void ll_rows_get(const ll_rows *rows, long row, int first, int count, double *values) {
  const struct node *node = rows->nodes + (size_t)row * rows->stride;
  for (int i = 0; i < count; i++) values[i] = node[first + i].value;
}

void ll_rows_free(ll_rows *rows) {
  if (!rows) return;
  free(rows->nodes);
  free(rows);
}

int ll_train(const ll_rows *rows, const long *chosen, const unsigned char *positive, int count, int solver, double c,
             double tolerance, double *weights) {
  struct node **x = malloc((size_t)count * sizeof *x);
  double *y = malloc((size_t)count * sizeof *y);
  int result = -1;
  if (x && y) {
    for (int i = 0; i < count; i++) {
      x[i] = rows->nodes + (size_t)chosen[i] * rows->stride;
      y[i] = positive[i] ? 1 : -1;
    }
    struct problem problem = {count, rows->features + 1, y, x, 1};
    struct parameter_230 old = {.solver_type = solver, .eps = tolerance, .C = c, .p = 0.1};
    struct parameter_240 new = {
        .solver_type = solver, .eps = tolerance, .C = c, .p = 0.1, .nu = 0.5, .regularize_bias = 1};
    const void *parameter = version < 240 ? (const void *)&old : (const void *)&new;
    if (!check_parameter(&problem, parameter)) {
      int draws = solver == ll_svm;
      if (draws) {
        pthread_mutex_lock(&turn);
        srand(1);
      }
      model *trained = train(&problem, parameter);
      if (draws) pthread_mutex_unlock(&turn);
      if (trained) {
        for (int i = 0; i < rows->features; i++) weights[i] = get_decfun_coef(trained, i + 1, 0);
        weights[rows->features] = get_decfun_bias(trained, 0);
        free_and_destroy_model(&trained);
        result = 0;
      }
    }
  }
  free(x);
  free(y);
  return result;
}

double ll_value(const ll_rows *rows, long row, const double *weights) {
  const struct node *node = rows->nodes + (size_t)row * rows->stride;
  double sum = weights[rows->features];
  for (; node->index <= rows->features; node++) sum += node->value * weights[node->index - 1];
  return sum;
}
