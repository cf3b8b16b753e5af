#define _GNU_SOURCE
#include "ck_affinity.h"

#include <string.h>

#if defined(__linux__)
#include <sched.h>

int ck_affinity(unsigned char *mask, int capacity) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  int bytes = capacity < (int)sizeof set ? capacity : (int)sizeof set;
  memset(mask, 0, (size_t)bytes);
  for (int cpu = 0; cpu < bytes * 8; cpu++)
    if (CPU_ISSET(cpu, &set)) mask[cpu / 8] |= (unsigned char)(1u << cpu % 8);
  return bytes;
}
#else
int ck_affinity(unsigned char *mask, int capacity) {
  (void)mask;
  (void)capacity;
  return 0;
}
#endif
