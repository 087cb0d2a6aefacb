#include "code/cache.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace isolet {
namespace {

size_t HashOf(const SourceView& text) {
  std::hash<std::string_view> hash;
  return (hash(text.units) * 31 + hash(text.name)) * 8 + static_cast<size_t>(text.form) * 2 + (text.restored ? 1 : 0);
}

}  // namespace

CodeCache& CodeCache::Get() {
  static CodeCache* cache = new CodeCache();  // outlives every thread
  return *cache;
}

// Holding the mutex.
std::shared_ptr<const CodeCache::Kept> CodeCache::Locate(size_t hash) {
  auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->kept;
}

void CodeCache::Erase(Order::iterator entry) {
  by_hash_.erase(entry->hash);
  bytes_ -= entry->kept->size();
  order_.erase(entry);
}

CodeCache::Sight CodeCache::See(const SourceView& text) {
  size_t hash = HashOf(text);
  Sight sight;
  std::shared_ptr<const Kept> kept;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    size_t& seen = seen_[hash % kRemembered];
    sight.again = seen == hash;
    seen = hash;
    kept = Locate(hash);
  }
  // Compared without the lock: the texts may be long.
  if (!kept || !kept->Is(text)) return sight;
  sight.code = Code(kept, &kept->code);
  if (kept->ascii) sight.text = Text(kept, &kept->units);
  return sight;
}

void CodeCache::Add(const SourceView& text, const uint8_t* code, size_t size) {
  const bool ascii = std::all_of(text.units.begin(), text.units.end(), [](char c) { return (c & 0x80) == 0; });
  auto kept =
      std::make_shared<const Kept>(Kept{text.form, text.restored, std::string(text.name), std::string(text.units),
                                        std::vector<uint8_t>(code, code + size), ascii});
  if (kept->size() > kMostOfOne) return;
  size_t hash = HashOf(text);
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = by_hash_.find(hash);
  if (found != by_hash_.end()) {
    const Kept& there = *found->second->kept;
    if (there.code.size() >= size && there.Is(text)) return;
    Erase(found->second);
  }
  bytes_ += kept->size();
  order_.push_front({hash, std::move(kept)});
  by_hash_.emplace(hash, order_.begin());
  while (bytes_ > kBudget && order_.size() > 1) Erase(std::prev(order_.end()));
}

void CodeCache::Drop(const SourceView& text) {
  size_t hash = HashOf(text);
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = by_hash_.find(hash);
  if (found != by_hash_.end() && found->second->kept->Is(text)) Erase(found->second);
}

CodeCache::Numbers CodeCache::numbers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {bytes_, hits_.load(std::memory_order_relaxed)};
}

}  // namespace isolet
