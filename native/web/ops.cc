#include "web/ops.h"

#include <array>
#include <cstring>
#include <string_view>

#include "v8/strings.h"
#include "web/aes_ops.h"
#include "web/base64_ops.h"
#include "web/clock_ops.h"
#include "web/clone_ops.h"
#include "web/event_ops.h"
#include "web/fingerprint.h"
#include "web/guest_ops.h"
#include "web/hash_ops.h"
#include "web/host_ops.h"
#include "web/libraries.h"
#include "web/random_ops.h"
#include "web/text_ops.h"
#include "web/url_ops.h"
#include "web/wasm_ops.h"
#include "web/work_ops.h"
#include "web/zlib_ops.h"

namespace isolet {
namespace {

const std::array kOps = {
    GuestOps(),  ClockOps(), RandomOps(), HostOps(), UrlOps(),  TextOps(),  Base64Ops(), LibraryOps(),
    DigestOps(), HmacOps(),  AesOps(),    ZlibOps(), WorkOps(), EventOps(), CloneOps(),  WasmOps(),
};

// The object of a group, made when its first op comes. Empty: an exception is pending.
v8::MaybeLocal<v8::Object> Group(v8::Local<v8::Context> context, v8::Local<v8::Object> ops, const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::String> key = Name(isolate, name);
  bool has = false;
  v8::Local<v8::Value> known;
  if (!ops->HasOwnProperty(context, key).To(&has) || (has && !ops->Get(context, key).ToLocal(&known))) return {};
  if (has) return known.As<v8::Object>();
  v8::Local<v8::Object> group = v8::Object::New(isolate);
  if (!ops->CreateDataProperty(context, key, group).FromMaybe(false)) return {};
  return group;
}

// Takes the prototypes away: what a guest puts on Object.prototype is no op. They come with them, because V8 makes an
// object that has none from the start a dictionary, in which each call of an op would be looked up.
bool TakePrototypes(v8::Local<v8::Context> context, v8::Local<v8::Object> ops) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  for (std::span<const WebOp> room : kOps) {
    for (const WebOp& op : room) {
      v8::Local<v8::Object> group;
      if (!Group(context, ops, op.group).ToLocal(&group) ||
          !SetPrototypeOf(context, group, v8::Null(isolate)).FromMaybe(false)) {
        return false;
      }
    }
  }
  return SetPrototypeOf(context, ops, v8::Null(isolate)).FromMaybe(false);
}

}  // namespace

std::span<const std::span<const WebOp>> WebOps() { return kOps; }

v8::MaybeLocal<v8::Object> MakeWebOps(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  v8::Local<v8::Object> ops = v8::Object::New(isolate);
  for (std::span<const WebOp> room : kOps) {
    for (const WebOp& op : room) {
      v8::Local<v8::Object> group;
      v8::Local<v8::Function> function;
      if (!Group(context, ops, op.group).ToLocal(&group) ||
          !v8::Function::New(context, op.callback, {}, op.length, v8::ConstructorBehavior::kThrow).ToLocal(&function)) {
        return {};
      }
      v8::Local<v8::String> key = Name(isolate, op.name);
      function->SetName(key);
      if (!group->CreateDataProperty(context, key, function).FromMaybe(false)) return {};
    }
  }
  if (!TakePrototypes(context, ops)) return {};
  return scope.Escape(ops);
}

uint64_t WebOpsFingerprint() {
  Fingerprint fingerprint;
  for (std::span<const WebOp> room : kOps) {
    for (const WebOp& op : room) {
      fingerprint.Add(op.group);
      fingerprint.Add(op.name);
    }
  }
  return fingerprint.value();
}

}  // namespace isolet
