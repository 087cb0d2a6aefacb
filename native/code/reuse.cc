#include "code/reuse.h"

#include <utility>

namespace isolet {

CodeReuse::CodeReuse(const SourceView& text, KeepCode keep) : text_(text) {
  if (keep == KeepCode::kNever || !CodeCache::Worthwhile(text.units.size())) return;
  if (keep == KeepCode::kAnew) {
    wants_code_ = true;
    return;
  }
  CodeCache::Sight sight = CodeCache::Get().See(text);
  known_ = std::move(sight.code);
  kept_text_ = std::move(sight.text);
  wants_code_ = !known_ && sight.again;
}

CodeReuse::Cached* CodeReuse::CachedCode() const {
  if (!known_) return nullptr;
  return new Cached(known_->data(), static_cast<int>(known_->size()), Cached::BufferNotOwned);
}

void CodeReuse::Judged(bool rejected) {
  if (!rejected) {
    CodeCache::Get().CountHit();
    return;
  }
  CodeCache::Get().Drop(text_);
  wants_code_ = true;
}

void CodeReuse::Take(std::unique_ptr<Cached> made) {
  // V8 makes none of asm.js.
  if (made) CodeCache::Get().Add(text_, made->data, static_cast<size_t>(made->length));
}

}  // namespace isolet
