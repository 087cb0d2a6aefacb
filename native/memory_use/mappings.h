// Memory mappings of the process that objects of guests take one by one: resizable buffers, on some versions of V8 each
// WebAssembly module. The system bounds them (vm.max_map_count, 65,530 as a rule), and V8 ends the process when there
// are no more; isolates need theirs too, so guests together get a third.
//
// Any thread.
#pragma once

#include <cstddef>

namespace isolet {

class Mappings {
 public:
  Mappings() = delete;

  // False: there are not so many left.
  static bool Take(size_t count);
  static void Give(size_t count);
};

}  // namespace isolet
