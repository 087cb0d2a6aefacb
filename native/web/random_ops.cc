#include "web/random_ops.h"

#include <uv.h>

#include "v8/strings.h"

namespace isolet {
namespace {

// As much as the standard lets one call ask for.
constexpr size_t kMost = 65536;

void Fill(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsArrayBufferView()) {
    isolate->ThrowException(v8::Exception::TypeError(Name(isolate, "Random bytes go into a view of an ArrayBuffer")));
    return;
  }
  v8::Local<v8::ArrayBufferView> view = info[0].As<v8::ArrayBufferView>();
  const size_t length = view->ByteLength();
  if (length == 0) return;
  if (length > kMost) {
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, "At most 65536 random bytes at once")));
    return;
  }
  // A view that is small may keep its bytes on the heap until somebody asks for its buffer.
  std::shared_ptr<v8::BackingStore> store = view->Buffer()->GetBackingStore();
  const size_t offset = view->ByteOffset();
  if (!store || store->Data() == nullptr || offset > store->ByteLength() || length > store->ByteLength() - offset)
    return;
  if (uv_random(nullptr, nullptr, static_cast<char*>(store->Data()) + offset, length, 0, nullptr) != 0) {
    isolate->ThrowException(v8::Exception::Error(Name(isolate, "The system has no random bytes")));
  }
}

const WebOp kOps[] = {{"random", "fill", Fill, 1}};

}  // namespace

std::span<const WebOp> RandomOps() { return kOps; }

}  // namespace isolet
