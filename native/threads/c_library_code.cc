#include "threads/c_library_code.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <sys/auxv.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

namespace isolet {
namespace {

struct Range {
  uintptr_t from = 0;
  uintptr_t to = 0;
};

// An allocator of its own may come before the C library's, and before glibc 2.34 locks had a library of their own.
constexpr size_t kMost = 16;
std::array<Range, kMost> ranges;
size_t count = 0;

// What of the functions' own code is looked at.
constexpr size_t kCopyCode = 4096;
std::array<uintptr_t, 5> copies;
Range program_code;

bool Contains(const dl_phdr_info& info, uintptr_t address) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& segment = info.dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && address - (info.dlpi_addr + segment.p_vaddr) < segment.p_memsz) return true;
  }
  return false;
}

void Add(const dl_phdr_info& info) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& segment = info.dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    uintptr_t from = info.dlpi_addr + segment.p_vaddr;
    if (count < kMost && !CLibrary::Has(from)) ranges[count++] = {from, from + segment.p_memsz};
  }
}

int AddIfHolds(dl_phdr_info* info, size_t, void* data) {
  auto address = reinterpret_cast<uintptr_t>(data);
  if (!Contains(*info, address)) return 0;
  // V8 is in the program, and this code in the addon: a lock that one of them brings along is not what this is about.
  bool program = Contains(*info, getauxval(AT_ENTRY));
  bool addon = Contains(*info, reinterpret_cast<uintptr_t>(&AddIfHolds));
  if (!program && !addon) Add(*info);
  return 1;
}

int NoteProgram(dl_phdr_info* info, size_t, void*) {
  if (!Contains(*info, getauxval(AT_ENTRY))) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    uintptr_t from = info->dlpi_addr + segment.p_vaddr;
    // There may be several, with nothing of others between them.
    program_code.from = program_code.to == 0 ? from : std::min(program_code.from, from);
    program_code.to = std::max<uintptr_t>(program_code.to, from + segment.p_memsz);
  }
  return 1;
}

void AddObjectOf(void* address) {
  if (address != nullptr) dl_iterate_phdr(AddIfHolds, address);
}

}  // namespace

void CLibrary::Find() {
  for (const char* name : {"malloc", "free", "pthread_mutex_lock", "write"}) {
    // The first of this name, and the one that comes after us: an address in the program may be its table of links.
    AddObjectOf(dlsym(RTLD_DEFAULT, name));
    AddObjectOf(dlsym(RTLD_NEXT, name));
  }
  AddObjectOf(reinterpret_cast<void*>(getauxval(AT_BASE)));
  size_t at = 0;
  for (const char* name : {"memmove", "memcpy", "memset", "memchr", "memcmp"}) {
    copies[at++] = reinterpret_cast<uintptr_t>(dlsym(RTLD_DEFAULT, name));
  }
  dl_iterate_phdr(NoteProgram, nullptr);
}

bool CLibrary::IsCopyFor(uintptr_t code, uintptr_t caller) {
  if (caller < program_code.from || caller >= program_code.to) return false;
  for (uintptr_t copy : copies) {
    if (copy != 0 && code >= copy && code < copy + kCopyCode) return true;
  }
  return false;
}

bool CLibrary::Has(uintptr_t code) {
  for (size_t i = 0; i < count; ++i) {
    if (code >= ranges[i].from && code < ranges[i].to) return true;
  }
  return false;
}

}  // namespace isolet

#endif
