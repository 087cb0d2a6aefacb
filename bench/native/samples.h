// Timing loops and the Float64Array they answer with.
#pragma once

#include <node.h>
#include <v8.h>

#include <chrono>
#include <cstring>
#include <vector>

namespace floor_bench {

using Args = const v8::FunctionCallbackInfo<v8::Value>&;

inline double NowMicros() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline v8::Local<v8::Float64Array> ToArray(v8::Isolate* isolate, const std::vector<double>& values) {
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, values.size() * sizeof(double));
  if (!values.empty()) memcpy(buffer->GetBackingStore()->Data(), values.data(), values.size() * sizeof(double));
  return v8::Float64Array::New(buffer, 0, values.size());
}

// `batches` samples, each the mean microseconds of `per_batch` runs of `body`.
template <typename Body>
std::vector<double> TimeBatches(int batches, int per_batch, Body&& body) {
  std::vector<double> samples;
  samples.reserve(batches);
  for (int batch = 0; batch < batches; ++batch) {
    const double start = NowMicros();
    for (int i = 0; i < per_batch; ++i) body(i);
    samples.push_back((NowMicros() - start) / per_batch);
  }
  return samples;
}

inline int IntArg(Args args, int index) { return args[index].As<v8::Int32>()->Value(); }

}  // namespace floor_bench
