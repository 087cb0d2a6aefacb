#include "web/codec_streams.h"

#include <utility>

namespace isolet {

uint32_t CodecStreams::Add(v8::Isolate* isolate, v8::Local<v8::Object> holder, std::unique_ptr<CodecStream> stream) {
  // 0 is none; after so many the first are long gone.
  while (++last_id_ == 0 || entries_.contains(last_id_)) continue;
  auto entry = std::make_unique<Entry>();
  entry->holder.Reset(isolate, holder);
  entry->stream = std::move(stream);
  entry->owner = this;
  entry->id = last_id_;
  entry->holder.SetWeak(entry.get(), OnCollected, v8::WeakCallbackType::kParameter);
  entries_.emplace(last_id_, std::move(entry));
  return last_id_;
}

CodecStream* CodecStreams::Find(uint32_t id) const {
  auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second->stream.get();
}

void CodecStreams::OnCollected(const v8::WeakCallbackInfo<Entry>& info) {
  Entry* entry = info.GetParameter();
  entry->holder.Reset();
  entry->owner->Close(entry->id);
}

}  // namespace isolet
