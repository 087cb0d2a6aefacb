// The floor cases: each is a function JavaScript calls. Times are microseconds.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "bare_isolate.h"
#include "samples.h"

namespace floor_bench {

// What belongs to one Node environment.
struct Environment {
  node::MultiIsolatePlatform* platform;
  std::map<int32_t, std::unique_ptr<Guest>> guests;
  int32_t next_guest = 1;

  static Environment& Of(Args args) { return *static_cast<Environment*>(args.Data().As<v8::External>()->Value()); }
  Guest& GuestArg(Args args, int index) { return *guests.at(IntArg(args, index)); }
};

// coldStart(count): four numbers for each: isolate, context, script, dispose.
void ColdStart(Args args);

// open(source) → id and close(id): a guest that stays.
void Open(Args args);
void Close(Args args);
// callNumbers(id, batches, perBatch): lock, enter, call with two numbers, run microtasks, read the result.
void CallNumbers(Args args);
// callOnce(id, a, b): the same, once, called from JavaScript.
void CallOnce(Args args);
// evalOnce(id): compile and run `1`, called from JavaScript.
void EvalOnce(Args args);
// firstCall(id, source, n): compile a function nobody has seen, call it with `{ n }`, read the answer's n.
void FirstCall(Args args);

// callValue(id, value, batches, perBatch): callNumbers with one argument and a result that both cross by
// ValueSerializer.
void CallValue(Args args);

// hop('eventfd' | 'condition' | 'spin', count): to another thread and back.
// hop('spin-both', batches, perBatch): the same in batches.
void Hop(Args args);

}  // namespace floor_bench
