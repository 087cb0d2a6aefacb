#include "web/host_ops.h"

#include <vector>

#include "boundary/host_functions.h"
#include "calls/gate.h"
#include "calls/guest_options.h"
#include "calls/host_call.h"
#include "calls/parts.h"
#include "v8/strings.h"

namespace isolet {
namespace {

template <HostCallMode mode>
void Call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr || parts->gate().stopping()) return;
  if (parts->options().makes_snapshot) {
    isolate->ThrowException(v8::Exception::TypeError(
        Name(isolate, "The scripts of a snapshot have no host to ask: do this in the runtimes that start from it")));
    return;
  }
  v8::HandleScope scope(isolate);
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(info.Length());
  for (int i = 0; i < info.Length(); ++i) arguments.push_back(info[i]);
  v8::Local<v8::Value> value;
  if (parts->host_functions()
          .Call(isolate->GetCurrentContext(), kWebHostFunction, mode, arguments.data(), arguments.size())
          .ToLocal(&value)) {
    info.GetReturnValue().Set(value);
  }
}

const WebOp kOps[] = {
    {"host", "call", Call<HostCallMode::kAsync>, 1},
    {"host", "callSync", Call<HostCallMode::kAuto>, 1},
};

}  // namespace

std::span<const WebOp> HostOps() { return kOps; }

}  // namespace isolet
