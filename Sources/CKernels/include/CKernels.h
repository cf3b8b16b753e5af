#ifndef CKERNELS_H
#define CKERNELS_H

// Every loop of the program that must be vectorised, and the thread pool. One header per subject.
#include "ck_activation.h"
#include "ck_affinity.h"
#include "ck_batchnorm.h"
#include "ck_elementwise.h"
#include "ck_grid.h"
#include "ck_hash.h"
#include "ck_isa.h"
#include "ck_lowering.h"
#include "ck_memory.h"
#include "ck_narrow.h"
#include "ck_optimizer.h"
#include "ck_pool.h"
#include "ck_product.h"
#include "ck_random.h"
#include "ck_roofline.h"
#include "ck_spectral.h"
#include "ck_stack.h"
#include "ck_tree.h"
#include "ck_wire.h"
#include "ck_winograd.h"

#endif
