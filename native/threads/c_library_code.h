// Where the code of the C library, of the allocator and of the dynamic loader is: a thread that is stopped there for
// good may hold a lock that the whole process needs.
//
// Found by the addresses of their functions, because file names differ (musl's loader is its C library; allocators are
// preloaded). Linux.
#pragma once

#include <cstdint>

namespace isolet {

class CLibrary {
 public:
  // Before the first Has, on one thread.
  static void Find();
  // Any thread. Async-signal-safe.
  static bool Has(uintptr_t code);
  // `code` is in a function that copies, fills or compares memory and was called by the program itself: the library
  // calls them too, and not without locks.
  static bool IsCopyFor(uintptr_t code, uintptr_t caller);
};

}  // namespace isolet
