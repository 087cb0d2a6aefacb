// The compression streams of one guest, by number. Each lives as long as an object of the guest's, or until it is
// closed; a number that is none any more finds nothing.
//
// The holder of the isolate's lock. Lifetime: Clear before the isolate goes, and before it is stored in a snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "v8/v8.h"
#include "web/codec_stream.h"

namespace isolet {

class CodecStreams {
 public:
  CodecStreams() = default;
  CodecStreams(const CodecStreams&) = delete;
  CodecStreams& operator=(const CodecStreams&) = delete;

  // Lives as long as `holder`.
  uint32_t Add(v8::Isolate* isolate, v8::Local<v8::Object> holder, std::unique_ptr<CodecStream> stream);
  // Null: there is none.
  CodecStream* Find(uint32_t id) const;
  void Close(uint32_t id) { entries_.erase(id); }
  void Clear() { entries_.clear(); }

  // What the last step came to (zlib_ops.h).
  void NoteStatus(int32_t status) { status_ = status; }
  int32_t status() const { return status_; }

 private:
  struct Entry {
    v8::Global<v8::Object> holder;
    std::unique_ptr<CodecStream> stream;
    CodecStreams* owner;
    uint32_t id;
  };

  static void OnCollected(const v8::WeakCallbackInfo<Entry>& info);

  // Entries have stable addresses: the weak callback refers to them.
  std::unordered_map<uint32_t, std::unique_ptr<Entry>> entries_;
  uint32_t last_id_ = 0;
  int32_t status_ = 0;
};

}  // namespace isolet
