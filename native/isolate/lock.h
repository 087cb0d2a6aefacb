// The lock witness: whoever has an IsolateLock holds the guest's isolate on this thread, has entered it and its
// context, and has a handle scope open. Functions that touch the isolate take one as a parameter.
//
// Only the thread that has the turn of the guest's mailbox makes one, so V8's lock is never contended; it stays taken
// until the turn is over (isolate/seat.h).
#pragma once

#include "v8/v8.h"

namespace isolet {

class Parts;

class IsolateLock {
 public:
  explicit IsolateLock(Parts& parts);
  IsolateLock(const IsolateLock&) = delete;
  IsolateLock& operator=(const IsolateLock&) = delete;

  Parts& parts() const { return parts_; }
  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return context_; }

  // Tells V8 how deep guest code may go on the stack of this thread, from here. False if there is too little left to
  // enter the guest at all.
  bool FitStack() const;

 private:
  Parts& parts_;
  v8::Isolate* const isolate_;
  // Order matters: the isolate is left in the reverse order.
  v8::Isolate::Scope isolate_scope_;
  v8::HandleScope handle_scope_;
  v8::Local<v8::Context> context_;
  v8::Context::Scope context_scope_;
};

}  // namespace isolet
