// A text of guest code. Plain data.
#pragma once

#include <string>

namespace isolet {

struct Source {
  std::string code;  // UTF-8
  std::string filename;
};

}  // namespace isolet
