// The names of this program's own functions, from its own file: the dynamic linker knows only those of libraries.
#define _GNU_SOURCE
#include "ck_stack_internal.h"

#if defined(__linux__) && __SIZEOF_POINTER__ == 8
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const Elf64_Sym *symbols;
static size_t symbol_count;
static const char *names;
static size_t names_size;
// Whether symbols hold offsets from where the program was loaded, as in a program that may be loaded
// anywhere, or addresses.
static int is_movable;

void ck_stack_open_symbols(void) {
  if (symbols) return;
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  struct stat status;
  const char *map = MAP_FAILED;
  if (fstat(file, &status) == 0 && (size_t)status.st_size > sizeof(Elf64_Ehdr))
    map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (map == MAP_FAILED) return;
  size_t size = (size_t)status.st_size;
  const Elf64_Ehdr *head = (const Elf64_Ehdr *)map;
  if (memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64) return;
  if (head->e_shoff > size || head->e_shnum > (size - head->e_shoff) / sizeof(Elf64_Shdr)) return;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(map + head->e_shoff);
  for (size_t i = 0; i < head->e_shnum; i++) {
    const Elf64_Shdr *table = &sections[i];
    if (table->sh_type != SHT_SYMTAB || table->sh_link >= head->e_shnum) continue;
    const Elf64_Shdr *text = &sections[table->sh_link];
    if (table->sh_offset > size || table->sh_size > size - table->sh_offset) return;
    if (text->sh_offset > size || text->sh_size > size - text->sh_offset || text->sh_size == 0) return;
    symbols = (const Elf64_Sym *)(map + table->sh_offset);
    symbol_count = table->sh_size / sizeof(Elf64_Sym);
    names = map + text->sh_offset;
    names_size = text->sh_size;
    is_movable = head->e_type == ET_DYN;
    return;
  }
}

int ck_stack_symbol(const void *address, const void *base, char *out, size_t capacity) {
  if (!symbols || names[names_size - 1] != 0) return 0;
  Elf64_Addr place = (Elf64_Addr)address - (is_movable ? (Elf64_Addr)base : 0);
  for (size_t i = 0; i < symbol_count; i++) {
    const Elf64_Sym *symbol = &symbols[i];
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_name >= names_size) continue;
    if (place < symbol->st_value || place - symbol->st_value >= symbol->st_size) continue;
    snprintf(out, capacity, "%s", names + symbol->st_name);
    return 1;
  }
  return 0;
}
#else
void ck_stack_open_symbols(void) {}
int ck_stack_symbol(const void *address, const void *base, char *out, size_t capacity) {
  (void)address;
  (void)base;
  (void)out;
  (void)capacity;
  return 0;
}
#endif
