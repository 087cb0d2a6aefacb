// Compiled code of sources that were seen before, for all isolates of the process: the second isolate that gets the
// same text does not parse it again.
//
// The whole source is compared, never a hash alone: one tenant can't make another run what it did not write. The bytes
// come from this process only; none are ever taken from outside. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace isolet {

// The characters of a source as V8 has them, and under which rules they are compiled.
struct SourceText {
  bool module = false;
  bool two_byte = false;
  std::string units;

  bool operator==(const SourceText&) const = default;
};

class CodeCache {
 public:
  using Code = std::shared_ptr<const std::vector<uint8_t>>;

  static CodeCache& Get();

  // What is too small is compiled faster than it is found, what is too large would push out the rest.
  static bool Worthwhile(size_t source_bytes) { return source_bytes >= kLeast && source_bytes <= kMost; }

  Code Find(const SourceText& text);
  void Add(SourceText text, std::vector<uint8_t> code);
  // V8 did not take it.
  void Drop(const SourceText& text);

  struct Numbers {
    size_t bytes = 0;
    uint64_t hits = 0;
  };
  Numbers numbers() const;

 private:
  static constexpr size_t kLeast = 1024;
  static constexpr size_t kMost = 2 * 1024 * 1024;
  static constexpr size_t kBudget = 32 * 1024 * 1024;  // sources and code together

  struct Entry {
    size_t hash;
    SourceText text;
    Code code;
    size_t size() const { return text.units.size() + code->size(); }
  };
  using Order = std::list<Entry>;  // the last used first

  CodeCache() = default;
  Order::iterator Locate(size_t hash, const SourceText& text);
  void Erase(Order::iterator entry);

  // Guards everything below; leaf lock.
  mutable std::mutex mutex_;
  Order order_;
  std::unordered_multimap<size_t, Order::iterator> by_hash_;
  size_t bytes_ = 0;
  uint64_t hits_ = 0;
};

}  // namespace isolet
