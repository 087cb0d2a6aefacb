// One layer between a cell and the rest of the machine, and how it stands. Plain data.
#pragma once

#include <cstdint>
#include <vector>

namespace isolet {

struct Wall {
  const char* layer = "";
  bool held = false;
  // What was tried, and the errno it got; 0: it was allowed.
  const char* call = "";
  int error = 0;
};

using Walls = std::vector<Wall>;

}  // namespace isolet
