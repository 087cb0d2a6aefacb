// Going on after a failure: what could not be written is left out.
#include "value/encoder.h"

namespace isolet::value {

Encoder::Mark Encoder::Here() const {
  return {out_.Here(), message_.stores.size(), given_.size(), message_.handles.size(), seen_.count(),
          key_count_,  shapes_.count()};
}

bool Encoder::Swallow(v8::TryCatch* catcher) {
  if (catcher->HasTerminated()) {
    exporter_.PassOnStop();
    return Threw();
  }
  // Nothing is pending: somebody further in has passed on a stop.
  if (!catcher->HasCaught()) return Threw();
  catcher->Reset();
  return true;
}

bool Encoder::Recover(const Mark& mark, v8::TryCatch* catcher) {
  if (failure_->kind == Failure::Kind::kThrew && !Swallow(catcher)) return false;
  failure_.reset();
  wasted_ += out_.Used() - mark.out.position - mark.out.charged + 64;
  out_.GoBack(mark.out);
  message_.stores.resize(mark.stores);
  given_.erase(given_.begin() + static_cast<ptrdiff_t>(mark.given), given_.end());
  if (message_.handles.size() > mark.handles) {
    const std::vector<Handle> given(message_.handles.begin() + static_cast<ptrdiff_t>(mark.handles),
                                    message_.handles.end());
    exporter_.Undo(given);
    message_.handles.resize(mark.handles);
  }
  if (seen_.count() > mark.objects) {
    seen_.Truncate(mark.objects);
    wasted_ += 16 * methods_.size();
    std::erase_if(methods_, [&](const auto& method) { return method.second >= mark.objects; });
  }
  if (key_count_ > mark.keys) {
    wasted_ += keys_.Truncate(mark.keys);
    key_count_ = mark.keys;
    wasted_ += known_keys_.size();
    for (KnownKey& key : known_keys_) {
      if (key.number >= mark.keys) key.number = KeyTable::kNone;
    }
  }
  // Or the reader would pay for hidden classes that the writer believes it has.
  if (shapes_.count() > mark.shapes) wasted_ += shapes_.Truncate(mark.shapes);
  return true;
}

}  // namespace isolet::value
