// Matrix products of factors that already lie as the kernel reads them: no packing, one order of sums.
#include "ck_product.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "ck_dispatch.h"

#define UNROLL _Pragma("clang loop unroll(full)")

// The left factor: element (i, k) lies at
//   a + i * row_stride + k / segment * segment_stride + k % segment * k_stride.
// next_a and next_b are the factors of the next product, or null.
typedef struct {
  const float *a;
  long row_stride, k_stride, segment, segment_stride;
  const float *next_a, *next_b;
  long next_a_stride, next_b_stride;
} ck_left;

// What a tile fetches into the cache while it computes: 16 columns of k rows.
typedef struct {
  const float *place;
  long stride;
} ck_ahead;

// What tile number `tile` of a product fetches. Where the caller names the next factors, the first tiles
// fetch columns of the left one, then tiles fetch columns of the right one. Else they fetch the right
// factor's next panel, `panel`, half by half.
static inline __attribute__((always_inline)) ck_ahead ck_ahead_of(const ck_left *left, const float *panel,
                                                                  long leading_b, long m, long tile) {
  if (!left->next_b) return (ck_ahead){panel + tile % 2 * 16, leading_b};
  const long blocks = (m + 15) / 16;
  if (tile < blocks) return (ck_ahead){left->next_a + tile * 16, left->next_a_stride};
  return (ck_ahead){left->next_b + (tile - blocks) * 16, left->next_b_stride};
}

// One tile: rows x vectors sums, each from zero on over k in order, then written or added to c. Each
// pointer advances for three rows, and k is unrolled by 4: without both, the integer work costs 15%. What
// lies `ahead` is fetched meanwhile. Factors from the third-level cache or from memory would otherwise
// halve the speed.
#define CK_TILE(kind, vector, width, rows, vectors, attributes)                                                  \
  attributes static inline __attribute__((always_inline)) void tile_##kind##_##rows##_##vectors(                 \
      long k, const float *a, const ck_left *left, const long row_stride, const long k_stride, const float *b,   \
      long leading_b, float *c, long leading_c, int adds, ck_ahead ahead) {                                       \
    vector sums[rows][vectors];                                                                                  \
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = (vector){0};     \
    for (long begin = 0; begin < k; begin += left->segment, a += left->segment_stride) {                         \
      const long count = k - begin < left->segment ? k - begin : left->segment;                                  \
      const float *group[(rows + 2) / 3];                                                                        \
      UNROLL for (int i = 0; i < (rows + 2) / 3; i++) group[i] = a + 3 * i * row_stride;                         \
      long p = 0;                                                                                                \
      for (; p + 4 <= count; p += 4) {                                                                           \
        UNROLL for (int u = 0; u < 4; u++) {                                                                     \
          vector right[vectors];                                                                                 \
          UNROLL for (int j = 0; j < vectors; j++) right[j] = *(const vector *)(b + j * width);                  \
          UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) kind##_add(             \
              sums[i][j], group[i / 3] + (i % 3) * row_stride + u * k_stride, right[j]);                         \
          b += leading_b;                                                                                        \
        }                                                                                                        \
        UNROLL for (int u = 0; u < 4; u++) __builtin_prefetch(ahead.place + u * ahead.stride);                   \
        ahead.place += 4 * ahead.stride;                                                                         \
        UNROLL for (int i = 0; i < (rows + 2) / 3; i++) {                                                        \
          group[i] += 4 * k_stride;                                                                              \
          __asm__("" : "+r"(group[i]));                                                                          \
        }                                                                                                        \
      }                                                                                                          \
      for (; p < count; p++, b += leading_b)                                                                     \
        UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) kind##_add(               \
            sums[i][j], a + i * row_stride + p * k_stride, *(const vector *)(b + j * width));                    \
    }                                                                                                            \
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int j = 0; j < vectors; j++) {                             \
      vector *target = (vector *)(c + i * leading_c + j * width);                                                \
      *target = adds ? *target + sums[i][j] : sums[i][j];                                                        \
    }                                                                                                            \
  }

// All rows of some columns: tiles of `large` rows first, then of `middle` rows, then of one.
#define CK_ROWS(kind, vectors, large, middle, row_stride, k_stride)                                            \
  {                                                                                                              \
    long i = 0;                                                                                                  \
    for (; i + large <= m; i += large)                                                                           \
      tile_##kind##_##large##_##vectors(k, left->a + i * row_stride, left, row_stride, k_stride, right,        \
                                          leading_b, c + i * leading_c + column, leading_c, adds,                \
                                          ck_ahead_of(left, next, leading_b, m, tile++));                        \
    for (; i + middle <= m; i += middle)                                                                         \
      tile_##kind##_##middle##_##vectors(k, left->a + i * row_stride, left, row_stride, k_stride, right,       \
                                           leading_b, c + i * leading_c + column, leading_c, adds,               \
                                           ck_ahead_of(left, next, leading_b, m, tile++));                       \
    for (; i < m; i++)                                                                                           \
      tile_##kind##_1_##vectors(k, left->a + i * row_stride, left, row_stride, k_stride, right, leading_b,     \
                                  c + i * leading_c + column, leading_c, adds,                                   \
                                  ck_ahead_of(left, next, leading_b, m, tile++));                                \
  }

// All columns, for a left factor whose rows (k_stride 1) or columns (row_stride 1) are dense.
#define CK_COLUMNS(name, kind, width, vectors, large, middle, row_stride, k_stride, attributes)                  \
  attributes static inline __attribute__((always_inline)) void name(                                                        \
      long m, long n, long k, const ck_left *left, const float *b, long leading_b, long panel_b, float *c,       \
      long leading_c, int adds) {                                                                                \
    long column = 0, tile = 0;                                                                                   \
    for (; column + vectors * width <= n; column += vectors * width) {                                           \
      const float *right = b + column / CK_PANEL * panel_b + column % CK_PANEL;                                  \
      const float *next = column + CK_PANEL < n ? right + panel_b : right;                                       \
      CK_ROWS(kind, vectors, large, middle, row_stride, k_stride)                                              \
    }                                                                                                            \
    for (; column < n; column += width) {                                                                        \
      const float *right = b + column / CK_PANEL * panel_b + column % CK_PANEL, *next = right;                   \
      CK_ROWS(kind, 1, large, middle, row_stride, k_stride)                                                    \
    }                                                                                                            \
  }

// `vectors` and the rows leave registers for the operands: 24 sums of AVX-512's 32 registers, 12 of AVX2's 16. `kind`
// names the sums: kind##_add(sum, left, right) adds the products of the number at `left` and the vector `right`.
#define CK_PRODUCT(kind, vector, width, vectors, large, middle, attributes)                                      \
  CK_TILE(kind, vector, width, large, vectors, attributes)                                                       \
  CK_TILE(kind, vector, width, middle, vectors, attributes)                                                      \
  CK_TILE(kind, vector, width, 1, vectors, attributes)                                                           \
  CK_TILE(kind, vector, width, large, 1, attributes)                                                             \
  CK_TILE(kind, vector, width, middle, 1, attributes)                                                            \
  CK_TILE(kind, vector, width, 1, 1, attributes)                                                                 \
  CK_COLUMNS(kind##_dense_rows, kind, width, vectors, large, middle, left->row_stride, 1, attributes)            \
  CK_COLUMNS(kind##_dense_columns, kind, width, vectors, large, middle, 1, left->k_stride, attributes)           \
  attributes static void kind##_product(long m, long n, long k, const ck_left *left, const float *b,             \
                                        long leading_b, long panel_b, float *c, long leading_c, int adds) {      \
    if (left->k_stride == 1)                                                                                     \
      kind##_dense_rows(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);                               \
    else                                                                                                         \
      kind##_dense_columns(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);                            \
  }

#define CK_MULTIPLY_ADD(sum, left, right) sum += *(left) * (right)
#define avx512_add CK_MULTIPLY_ADD
#define avx2_add CK_MULTIPLY_ADD
#define baseline_add CK_MULTIPLY_ADD

#if defined(__x86_64__)
typedef float vector16 __attribute__((vector_size(64), aligned(4)));
typedef float vector8 __attribute__((vector_size(32), aligned(4)));
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
#define AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
CK_PRODUCT(avx512, vector16, 16, 2, 12, 4, __attribute__((target(AVX512))))
CK_PRODUCT(avx2, vector8, 8, 2, 6, 4, __attribute__((target("avx2,fma"))))
CK_PRODUCT(baseline, vector4, 4, 2, 6, 4, )

// Pairs of bfloat16 in place of floats: vdpbf16ps adds both products of a pair to a float sum.
#define bf16_add(sum, left, right)                                                             \
  sum = (vector16)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)_mm512_set1_epi32(*(const int *)(left)), \
                                   (__m512bh)(right))
CK_PRODUCT(bf16, vector16, 16, 2, 12, 4, __attribute__((target(AVX512 ",avx512bf16"))))
#else
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
CK_PRODUCT(baseline, vector4, 4, 4, 6, 4, )
#endif

static void product(long m, long n, long k, const ck_left *left, const float *b, long leading_b, long panel_b, float *c,
                    long leading_c, int adds, int numbers) {
#if defined(__x86_64__)
  int isa = ck_isa();
  if (numbers == CK_BF16_PAIRS)
    bf16_product(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);
  else if (isa == CK_ISA_AVX512)
    avx512_product(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);
  else if (isa == CK_ISA_AVX2)
    avx2_product(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);
  else
#endif
    baseline_product(m, n, k, left, b, leading_b, panel_b, c, leading_c, adds);
}

void ck_product(long m, long n, long k, const float *a, long leading_a, int a_is_transposed, const float *b,
                long leading_b, long panel_b, float *c, long leading_c, int adds, int numbers) {
  ck_left left = {.a = a,
                  .row_stride = a_is_transposed ? 1 : leading_a,
                  .k_stride = a_is_transposed ? leading_a : 1,
                  .segment = k};
  product(m, n, k, &left, b, leading_b, panel_b, c, leading_c, adds, numbers);
}

void ck_product_columns(long m, long n, long k, const float *a, long leading_a, const float *b, long leading_b,
                        float *c, long leading_c, int adds, const float *next_a, const float *next_b,
                        int numbers) {
  ck_left left = {.a = a,
                  .row_stride = 1,
                  .k_stride = leading_a,
                  .segment = k,
                  .next_a = next_a,
                  .next_b = next_b,
                  .next_a_stride = leading_a,
                  .next_b_stride = leading_b};
  product(m, n, k, &left, b, leading_b, CK_PANEL, c, leading_c, adds, numbers);
}

void ck_product_segments(long m, long n, long segments, long segment, const float *a, long leading_a,
                         long segment_stride, const float *b, long leading_b, long panel_b, float *c, long leading_c,
                         int adds) {
  ck_left left = {
      .a = a, .row_stride = leading_a, .k_stride = 1, .segment = segment, .segment_stride = segment_stride};
  product(m, n, segments * segment, &left, b, leading_b, panel_b, c, leading_c, adds, CK_FLOATS);
}
