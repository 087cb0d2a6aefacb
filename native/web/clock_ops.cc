#include "web/clock_ops.h"

#include "calls/parts.h"
#include "web/web.h"

namespace isolet {
namespace {

void Now(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  info.GetReturnValue().Set(parts == nullptr ? 0.0 : parts->web().clock().Now());
}

void Origin(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Parts* parts = Parts::Of(info.GetIsolate());
  info.GetReturnValue().Set(parts == nullptr ? 0.0 : parts->web().clock().origin());
}

const WebOp kOps[] = {{"clock", "now", Now}, {"clock", "origin", Origin}};

}  // namespace

std::span<const WebOp> ClockOps() { return kOps; }

}  // namespace isolet
