// Compiled code of texts that were seen before, for all isolates of the process: the next isolate that gets the same
// text does not parse it again.
//
// The whole text is compared, never a hash alone (V8 compares no more than its length): one tenant can't make another
// run what it did not write. The bytes come from this process only; none are ever taken from outside. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace isolet {

// Everything that decides what comes out of the compiler.
struct SourceView {
  enum class Form : uint8_t { kScriptUtf8, kModuleOneByte, kModuleTwoByte };
  Form form = Form::kScriptUtf8;
  // The isolate came from a startup snapshot: V8 12 and later refuse code that was made in the other kind of isolate.
  bool restored = false;
  // The file name or URL. V8 before 12 takes it from the compiled code, for stack traces and as the referrer of
  // import(), whatever the text is called now.
  std::string_view name;
  std::string_view units;
};

class CodeCache {
 public:
  // What was found, alive as long as this.
  using Code = std::shared_ptr<const std::vector<uint8_t>>;

  // The text that belongs to it, for as long as anybody has this.
  using Text = std::shared_ptr<const std::string>;

  struct Sight {
    Code code;           // null: none
    Text text;           // of one-byte characters; null: there is none, or it has others
    bool again = false;  // the text was seen before, as far as is remembered
  };

  static CodeCache& Get();

  // What is too small is compiled faster than it is found, what is too large would push out the rest.
  static bool Worthwhile(size_t source_bytes) { return source_bytes >= kLeast && source_bytes <= kMost; }

  Sight See(const SourceView& text);
  // Keeps what is there already if that is longer: it holds more functions.
  void Add(const SourceView& text, const uint8_t* code, size_t size);
  // V8 took what See gave, or did not.
  void CountHit() { hits_.fetch_add(1, std::memory_order_relaxed); }
  void Drop(const SourceView& text);

  struct Numbers {
    size_t bytes = 0;
    uint64_t hits = 0;
  };
  Numbers numbers() const;

 private:
  static constexpr size_t kLeast = 1024;
  static constexpr size_t kMost = 2 * 1024 * 1024;
  static constexpr size_t kBudget = 32 * 1024 * 1024;  // texts and code together
  static constexpr size_t kMostOfOne = kBudget / 4;
  static constexpr size_t kRemembered = 4096;

  struct Kept {
    SourceView::Form form;
    bool restored;
    std::string name;
    std::string units;
    std::vector<uint8_t> code;
    bool ascii;
    size_t size() const { return name.size() + units.size() + code.size(); }
    bool Is(const SourceView& text) const {
      return form == text.form && restored == text.restored && name == text.name && units == text.units;
    }
  };
  struct Entry {
    size_t hash;
    std::shared_ptr<const Kept> kept;
  };
  using Order = std::list<Entry>;  // the last used first

  CodeCache() = default;
  std::shared_ptr<const Kept> Locate(size_t hash);
  void Erase(Order::iterator entry);

  // Guards everything below; leaf lock.
  mutable std::mutex mutex_;
  Order order_;
  // One entry for a hash: texts made to collide push each other out instead of making everybody's search long.
  std::unordered_map<size_t, Order::iterator> by_hash_;
  // Hashes of texts that were seen; a newer one takes an older one's place.
  std::array<size_t, kRemembered> seen_ = {};
  size_t bytes_ = 0;

  std::atomic<uint64_t> hits_{0};
};

}  // namespace isolet
