#include "web/aes_ops.h"

#include <cstring>
#include <optional>

#include "web/cipher_run.h"
#include "web/op_arguments.h"
#include "web/op_memory.h"
#include "web/openssl.h"

namespace isolet {
namespace {

std::optional<Cipher> ReadCipher(v8::Local<v8::Value> value) {
  if (!value->IsUint32()) return std::nullopt;
  const uint32_t number = value.As<v8::Uint32>()->Value();
  if (number >= kCiphers) return std::nullopt;
  return static_cast<Cipher>(number);
}

void Aes(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const OpenSsl* ssl = OpenSsl::Get();
  const std::optional<Cipher> mode = ReadCipher(info[0]);
  ByteArgument key, iv, data, additional;
  if (ssl == nullptr || !mode || !key.Read(info, 2) || !iv.Read(info, 3) || !data.Read(info, 4) ||
      !additional.Read(info, 5) || ssl->cipher(*mode, key.size()) == nullptr) {
    return;
  }
  const uint32_t parameter = info[6]->IsUint32() ? info[6].As<v8::Uint32>()->Value() : 0;
  CipherTask task{*mode,       info[1]->IsTrue(), key.data(),        key.size(),        iv.data(), iv.size(),
                  data.data(), data.size(),       additional.data(), additional.size(), parameter, parameter};
  const size_t room = CipherRun::OutputRoom(task);
  NewBytes out;
  if (!out.Allocate(isolate, room)) return;
  size_t written = 0;
  const Progress progress = CipherRun(*ssl, isolate).Run(task, out.data(), &written);
  if (progress == Progress::kStopped) return ssl->clear_error();
  if (progress == Progress::kFailed) {
    ssl->clear_error();
    return info.GetReturnValue().SetNull();
  }
  if (written == room) return info.GetReturnValue().Set(out.ToArray(isolate)->Buffer());
  NewBytes exact;
  if (!exact.Allocate(isolate, written)) return;
  if (written > 0) std::memcpy(exact.data(), out.data(), written);
  info.GetReturnValue().Set(exact.ToArray(isolate)->Buffer());
}

const WebOp kAesOps[] = {{"crypto", "aes", Aes, 7}};

}  // namespace

std::span<const WebOp> AesOps() { return kAesOps; }

}  // namespace isolet
