// Matrix products on rows that are already where the kernel wants them: no packing, one order of sums.
#include "ck_product.h"

#include "ck_dispatch.h"

// Vectors of the widest register of each instruction set, and the rows and vectors of an accumulator tile that
// leave registers for the operands: 24 of AVX-512's 32, 12 of AVX2's 16.
#define UNROLL _Pragma("clang loop unroll(full)")

// One tile: rows x vectors sums, each from zero on over k in order, then written or added to c. The rows' pointers advance by
// themselves, three rows to a pointer, and k is unrolled by 4: without both the integer work costs 15%.
#define CK_TILE(vector, width, rows, vectors)                                                                    \
  static inline __attribute__((always_inline)) void tile_##vector##_##rows##_##vectors(                          \
      long k, const float *a, long row_stride, long k_stride, const float *b, long leading_b, float *c,          \
      long leading_c, int adds, const float *ahead) {                                                            \
    vector sums[rows][vectors];                                                                                  \
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = (vector){0};     \
    const float *group[(rows + 2) / 3];                                                                          \
    UNROLL for (int i = 0; i < (rows + 2) / 3; i++) group[i] = a + 3 * i * row_stride;                           \
    long p = 0;                                                                                                  \
    for (; p + 4 <= k; p += 4) {                                                                                 \
      UNROLL for (int u = 0; u < 4; u++) {                                                                       \
        vector right[vectors];                                                                                   \
        UNROLL for (int j = 0; j < vectors; j++) right[j] = *(const vector *)(b + j * width);                    \
        UNROLL for (int i = 0; i < rows; i++) {                                                                  \
          float left = group[i / 3][(i % 3) * row_stride + u * k_stride];                                        \
          UNROLL for (int j = 0; j < vectors; j++) sums[i][j] += left * right[j];                                \
        }                                                                                                        \
        b += leading_b;                                                                                          \
      }                                                                                                          \
      __builtin_prefetch(ahead);                                                                                 \
      __builtin_prefetch(ahead + 16);                                                                            \
      ahead += 32;                                                                                               \
      UNROLL for (int i = 0; i < (rows + 2) / 3; i++) {                                                          \
        group[i] += 4 * k_stride;                                                                                \
        __asm__("" : "+r"(group[i]));                                                                            \
      }                                                                                                          \
    }                                                                                                            \
    for (; p < k; p++, b += leading_b)                                                                           \
      UNROLL for (int i = 0; i < rows; i++) {                                                                    \
        float left = a[i * row_stride + p * k_stride];                                                           \
        UNROLL for (int j = 0; j < vectors; j++) sums[i][j] += left * *(const vector *)(b + j * width);          \
      }                                                                                                          \
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) {                             \
      vector *target = (vector *)(c + i * leading_c + j * width);                                                \
      *target = adds ? *target + sums[i][j] : sums[i][j];                                                        \
    }                                                                                                            \
  }

// All rows of one panel, most rows at a time first.
#define CK_ROWS(vector, vectors, large, middle, k_step)                                                          \
  {                                                                                                              \
    long i = 0;                                                                                                  \
    for (; i + large <= m; i += large)                                                                           \
      tile_##vector##_##large##_##vectors(k, a + i * row_stride, row_stride, k_step, right, leading_b,           \
                                          c + i * leading_c + column, leading_c, adds, ahead + i / large % 4 * (k / 4 * 32));                          \
    for (; i + middle <= m; i += middle)                                                                         \
      tile_##vector##_##middle##_##vectors(k, a + i * row_stride, row_stride, k_step, right, leading_b,          \
                                           c + i * leading_c + column, leading_c, adds, ahead + i / large % 4 * (k / 4 * 32));                         \
    for (; i < m; i++)                                                                                           \
      tile_##vector##_1_##vectors(k, a + i * row_stride, row_stride, k_step, right, leading_b,                   \
                                  c + i * leading_c + column, leading_c, adds, ahead + i / large % 4 * (k / 4 * 32));                                  \
  }

#define CK_PRODUCT(name, vector, width, vectors, large, middle, attributes)                                      \
  CK_TILE(vector, width, large, vectors)                                                                         \
  CK_TILE(vector, width, middle, vectors)                                                                        \
  CK_TILE(vector, width, 1, vectors)                                                                             \
  attributes static void name##_rows(long m, long n, long k, const float *a, long row_stride, const float *b,    \
                                     long leading_b, long panel_b, float *c, long leading_c, int adds) {         \
    for (long column = 0; column < n; column += vectors * width) {                                               \
      const float *right = b + column / CK_PANEL * panel_b + column % CK_PANEL;                                  \
      const float *ahead = right + panel_b;                                                                      \
      CK_ROWS(vector, vectors, large, middle, 1)                                                                 \
    }                                                                                                            \
  }                                                                                                              \
  attributes static void name##_columns(long m, long n, long k, const float *a, long k_stride, const float *b,   \
                                        long leading_b, long panel_b, float *c, long leading_c, int adds) {      \
    const long row_stride = 1;                                                                                   \
    for (long column = 0; column < n; column += vectors * width) {                                               \
      const float *right = b + column / CK_PANEL * panel_b + column % CK_PANEL;                                  \
      const float *ahead = right + panel_b;                                                                      \
      CK_ROWS(vector, vectors, large, middle, k_stride)                                                          \
    }                                                                                                            \
  }

#if defined(__x86_64__)
typedef float vector16 __attribute__((vector_size(64), aligned(4)));
typedef float vector8 __attribute__((vector_size(32), aligned(4)));
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
CK_PRODUCT(avx512, vector16, 16, 2, 12, 4, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))))
CK_PRODUCT(avx2, vector8, 8, 2, 6, 4, __attribute__((target("avx2,fma"))))
CK_PRODUCT(baseline, vector4, 4, 2, 6, 4, )
#else
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
CK_PRODUCT(baseline, vector4, 4, 4, 6, 4, )
#endif

void ck_product(long m, long n, long k, const float *a, long leading_a, int a_is_transposed, const float *b,
                long leading_b, long panel_b, float *c, long leading_c, int adds) {
#if defined(__x86_64__)
  int isa = ck_isa();
  if (isa == CK_ISA_AVX512)
    (a_is_transposed ? avx512_columns : avx512_rows)(m, n, k, a, leading_a, b, leading_b, panel_b, c, leading_c,
                                                     adds);
  else if (isa == CK_ISA_AVX2)
    (a_is_transposed ? avx2_columns : avx2_rows)(m, n, k, a, leading_a, b, leading_b, panel_b, c, leading_c, adds);
  else
#endif
    (a_is_transposed ? baseline_columns : baseline_rows)(m, n, k, a, leading_a, b, leading_b, panel_b, c, leading_c,
                                                         adds);
}
