// Finds resizable ArrayBuffers in what V8's serializer wrote. V8 makes each again by itself, with memory that it takes
// from the system and asks nobody for; whoever knows where they are can put others in their place.
//
// Understands the forms of the versions that are supported (V8's format 15) as far as structuredClone can meet them.
// Bytes only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace isolet {

struct ResizableInClone {
  size_t from = 0;  // its place in the bytes
  size_t to = 0;
  size_t length = 0;
  size_t max_length = 0;
  const uint8_t* data = nullptr;  // `length` bytes
};

// In the order in which they stand there; nothing: there is a form that is not understood.
std::optional<std::vector<ResizableInClone>> FindResizable(const uint8_t* bytes, size_t size);

}  // namespace isolet
