// Two garbage collectors, the host's and a guest's, that don't know of each other: what each side holds of the other's
// costs it next to nothing itself. Asks each to look when the other needs it:
//   - the host, when a guest is about to be ended or refused for what the host may have dropped;
//   - the guests that got many functions of the host, when what is alive in the host has grown; and then the host
//   again,
//     for what came back.
// Before each collection of the host, also of the young, it decides which promises of guests are kept.
//
// The environment's thread, from inside a collection too.
#pragma once

#include <cstddef>

#include "memory_use/collection_pace.h"
#include "v8/v8.h"

namespace isolet {

class Environment;

class Collections {
 public:
  explicit Collections(Environment& environment);
  ~Collections() { Close(); }
  Collections(const Collections&) = delete;
  Collections& operator=(const Collections&) = delete;

  // Looks for what the host has dropped. False: not so soon after the last time.
  bool Collect();
  // Guests gave so many functions back.
  void NoteReturned(size_t count);
  void Close();

 private:
  static void BeforeCollection(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags, void* data);
  static void AfterCollection(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags, void* data);

  Environment& environment_;
  CollectionPace pace_;
  size_t level_ = 0;  // bytes that were alive when guests were last asked
  size_t returned_ = 0;
  bool asked_ = false;  // guests; what they give back is worth another look
  bool open_ = true;
};

}  // namespace isolet
