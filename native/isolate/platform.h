// What the engine needs from V8's platform: to make an isolate known before it starts and to let it go. The engine
// does not know whose platform it is (Node's, in the addon).
//
// Any thread may call it.
#pragma once

#include <memory>

#include "v8/v8.h"

namespace isolet {

class IsolatePlatform {
 public:
  virtual ~IsolatePlatform() = default;
  // Before Isolate::Initialize. `foreground` gets the isolate's foreground tasks.
  virtual void Register(v8::Isolate* isolate, std::shared_ptr<v8::TaskRunner> foreground) = 0;
  // Disposes the isolate (nobody has entered or locked it) and forgets it, in the order this V8 wants.
  virtual void Dispose(v8::Isolate* isolate) = 0;
  // For an isolate that something else disposes (a SnapshotCreator on older V8).
  virtual void Forget(v8::Isolate* isolate) = 0;
};

}  // namespace isolet
