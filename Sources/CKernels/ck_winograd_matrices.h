#ifndef CK_WINOGRAD_MATRICES_H
#define CK_WINOGRAD_MATRICES_H

// The matrices of F(m, r) by Toom and Cook's construction, for the points 0, 1 (F(2, 2)), 0, 1, -1 (F(2,
// 3)), 0, 1, -1, 2 (F(4, 2)) and 0, 1, -1, 2, -1/2 (F(4, 3), F(3, 4), F(2, 5)), and infinity. The
// construction's divisors all stand in G, which is applied to weights and, transposed, to the sums of their
// gradient. So A and B hold whole numbers, except where the point -1/2 brings fractions. B is a function of
// the points alone.

enum { ck_points_most = 6, ck_taps_most = 5 };

typedef struct {
  float output[4][ck_points_most];               // A, m x n
  float input[ck_points_most][ck_points_most];   // B, n x n
  float filter[ck_points_most][ck_taps_most];    // G, n x r
} ck_winograd_matrices;

static const ck_winograd_matrices ck_matrices_2_2 = {
    .output = {{1, 1, 0}, {0, 1, 1}},
    .input = {{1, -1, 0}, {0, 1, 0}, {0, -1, 1}},
    .filter = {{1, 0}, {1, 1}, {0, 1}},
};

static const ck_winograd_matrices ck_matrices_4_2 = {
    .output = {{1, 1, 1, 1, 0}, {0, 1, -1, 2, 0}, {0, 1, 1, 4, 0}, {0, 1, -1, 8, 1}},
    .input = {{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}},
    .filter = {{1.0 / 2, 0}, {-1.0 / 2, -1.0 / 2}, {-1.0 / 6, 1.0 / 6}, {1.0 / 6, 1.0 / 3}, {0, 1}},
};

static const ck_winograd_matrices ck_matrices_2_3 = {
    .output = {{1, 1, 1, 0}, {0, 1, -1, 1}},
    .input = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, 0, 1}},
    .filter = {{1, 0, 0}, {1.0 / 2, 1.0 / 2, 1.0 / 2}, {1.0 / 2, -1.0 / 2, 1.0 / 2}, {0, 0, 1}},
};

// B for the points 0, 1, -1, 2, -1/2 and infinity.
#define CK_INPUT_5                         \
  {{1, 3.0 / 2, -2, -3.0 / 2, 1, 0},       \
   {0, -1, -5.0 / 2, -1.0 / 2, 1, 0},      \
   {0, 1, 1.0 / 2, -5.0 / 2, 1, 0},        \
   {0, -1.0 / 2, -1, 1.0 / 2, 1, 0},       \
   {0, 2, -1, -2, 1, 0},                   \
   {0, 1, 3.0 / 2, -2, -3.0 / 2, 1}}

static const ck_winograd_matrices ck_matrices_4_3 = {
    .output = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -1.0 / 2, 0}, {0, 1, 1, 4, 1.0 / 4, 0}, {0, 1, -1, 8, -1.0 / 8, 1}},
    .input = CK_INPUT_5,
    .filter = {{1, 0, 0},
               {-1.0 / 3, -1.0 / 3, -1.0 / 3},
               {1.0 / 3, -1.0 / 3, 1.0 / 3},
               {1.0 / 15, 2.0 / 15, 4.0 / 15},
               {-16.0 / 15, 8.0 / 15, -4.0 / 15},
               {0, 0, 1}},
};

static const ck_winograd_matrices ck_matrices_3_4 = {
    .output = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -1.0 / 2, 0}, {0, 1, 1, 4, 1.0 / 4, 1}},
    .input = CK_INPUT_5,
    .filter = {{1, 0, 0, 0},
               {-1.0 / 3, -1.0 / 3, -1.0 / 3, -1.0 / 3},
               {1.0 / 3, -1.0 / 3, 1.0 / 3, -1.0 / 3},
               {1.0 / 15, 2.0 / 15, 4.0 / 15, 8.0 / 15},
               {-16.0 / 15, 8.0 / 15, -4.0 / 15, 2.0 / 15},
               {0, 0, 0, 1}},
};

static const ck_winograd_matrices ck_matrices_2_5 = {
    .output = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -1.0 / 2, 1}},
    .input = CK_INPUT_5,
    .filter = {{1, 0, 0, 0, 0},
               {-1.0 / 3, -1.0 / 3, -1.0 / 3, -1.0 / 3, -1.0 / 3},
               {1.0 / 3, -1.0 / 3, 1.0 / 3, -1.0 / 3, 1.0 / 3},
               {1.0 / 15, 2.0 / 15, 4.0 / 15, 8.0 / 15, 16.0 / 15},
               {-16.0 / 15, 8.0 / 15, -4.0 / 15, 2.0 / 15, -1.0 / 15},
               {0, 0, 0, 0, 1}},
};

#undef CK_INPUT_5

#endif
