#include "ck_memory.h"

#include <sys/mman.h>

// From this size on, memory comes in whole pages of 2 MB. A pass goes through hundreds of megabytes, and
// with small pages much of its time would go into page tables.
enum { huge = 2 << 20 };

static size_t rounded(size_t bytes) {
  size_t page = bytes >= huge ? huge : 4096;
  return (bytes + page - 1) / page * page;
}

void *ck_memory_map(size_t bytes) {
  size_t size = rounded(bytes), extra = size >= huge ? huge : 0;
  char *raw = mmap(0, size + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return 0;
  if (!extra) return raw;
  size_t head = (huge - (size_t)raw % huge) % huge;
  if (head) munmap(raw, head);
  if (extra - head) munmap(raw + head + size, extra - head);
#if defined(MADV_HUGEPAGE)
  madvise(raw + head, size, MADV_HUGEPAGE);
#endif
  return raw + head;
}

void ck_memory_unmap(void *memory, size_t bytes) { munmap(memory, rounded(bytes)); }
