#include "engine/code_cache.h"

#include <functional>
#include <utility>

namespace isolet {
namespace {

size_t HashOf(const SourceText& text) {
  return std::hash<std::string>()(text.units) * 4 + (text.module ? 2 : 0) + (text.two_byte ? 1 : 0);
}

}  // namespace

CodeCache& CodeCache::Get() {
  static CodeCache* cache = new CodeCache();  // outlives every thread
  return *cache;
}

CodeCache::Order::iterator CodeCache::Locate(size_t hash, const SourceText& text) {
  auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (it->second->text == text) return it->second;
  }
  return order_.end();
}

void CodeCache::Erase(Order::iterator entry) {
  auto [first, last] = by_hash_.equal_range(entry->hash);
  for (auto it = first; it != last; ++it) {
    if (it->second == entry) {
      by_hash_.erase(it);
      break;
    }
  }
  bytes_ -= entry->size();
  order_.erase(entry);
}

CodeCache::Code CodeCache::Find(const SourceText& text) {
  size_t hash = HashOf(text);
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = Locate(hash, text);
  if (found == order_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found);
  ++hits_;
  return found->code;
}

void CodeCache::Add(SourceText text, std::vector<uint8_t> code) {
  size_t hash = HashOf(text);
  auto shared = std::make_shared<const std::vector<uint8_t>>(std::move(code));
  std::lock_guard<std::mutex> lock(mutex_);
  if (Locate(hash, text) != order_.end()) return;
  order_.push_front({hash, std::move(text), std::move(shared)});
  by_hash_.emplace(hash, order_.begin());
  bytes_ += order_.front().size();
  while (bytes_ > kBudget && order_.size() > 1) Erase(std::prev(order_.end()));
}

void CodeCache::Drop(const SourceText& text) {
  size_t hash = HashOf(text);
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = Locate(hash, text);
  if (found != order_.end()) Erase(found);
}

CodeCache::Numbers CodeCache::numbers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {bytes_, hits_};
}

}  // namespace isolet
