#include "web/hash_ops.h"
#include "web/hashing.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/openssl.h"

namespace isolet {
namespace {

void Digest(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const OpenSsl* ssl = OpenSsl::Get();
  const std::optional<Hash> hash = ReadHash(info[0]);
  ByteArgument data;
  if (ssl == nullptr || !hash || !data.Read(info, 1)) return;
  HashState state(*ssl);
  if (!state.Begin(*hash)) return ssl->clear_error();
  if (UpdateInSlices(isolate, state, data.data(), data.size()) != Progress::kDone) return ssl->clear_error();
  NewBytes made;
  if (!made.Allocate(isolate, OpenSsl::facts(*hash).bytes)) return;
  if (!state.Finish(made.data())) return ssl->clear_error();
  info.GetReturnValue().Set(made.ToArray(isolate)->Buffer());
}

const WebOp kDigestOps[] = {{"crypto", "digest", Digest, 2}};

}  // namespace

std::span<const WebOp> DigestOps() { return kDigestOps; }

}  // namespace isolet
