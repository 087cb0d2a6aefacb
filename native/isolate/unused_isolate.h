// An isolate that no guest has used yet: made from V8's default blob or a startup snapshot, with its memory limits and,
// if there was time, its context. Nothing of any host is in it, so one that was made ahead (isolate/stock.h) is as good
// for a guest as one that is made for it.
//
// Any thread, one at a time. Lifetime: a guest takes the parts out; what was not taken is disposed with this.
#pragma once

#include <memory>

#include "isolate/holder.h"
#include "isolate/platform.h"
#include "v8/v8.h"

namespace isolet {

class ForegroundRunner;

class UnusedIsolate {
 public:
  UnusedIsolate(std::shared_ptr<IsolatePlatform> platform, const IsolateRecipe& recipe, IsolateHolder::Purpose purpose);
  ~UnusedIsolate();
  UnusedIsolate(const UnusedIsolate&) = delete;
  UnusedIsolate& operator=(const UnusedIsolate&) = delete;

  // Without a guest around nothing holds V8 back when it runs out of memory: only for a recipe that has worked before.
  // False: no context, of no use.
  bool MakeContext();

  const std::shared_ptr<ForegroundRunner> runner;
  std::unique_ptr<IsolateHolder> holder;
  v8::Global<v8::Context> context;  // empty: not made
};

}  // namespace isolet
