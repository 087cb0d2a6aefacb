import { describe, expect, it } from 'vitest';

const { findUnchecked, lintNative } = (await import(
  new URL('../../scripts/lint-native.mjs', import.meta.url).href
)) as {
  findUnchecked(file: string, text: string): string[];
  lintNative(): string[];
};

const find = (code: string): string[] => findUnchecked('native/binding/x.cc', code);

describe('what Node-API answers', () => {
  it('is nowhere used before the pending exception was looked at', () => {
    expect(lintNative()).toEqual([]);
  });

  for (const code of [
    'Napi::TypedArray array = info[2].As<Napi::TypedArray>();',
    'auto* data = static_cast<char*>(Napi::ArrayBuffer(env, value).Data());',
    'auto object = Napi::Object::New(env);',
    'auto text = info[0].ToString();',
    'flag = info[1].ToBoolean().Value();',
    'count = value->Int64Value();',
    'std::string text = value.Utf8Value();',
    'napi_get_uv_event_loop(env, &loop);',
    'auto status = napi_unwrap(env, value, &held);',
    'if (ready || napi_unwrap(env, Of(value), &held)) return;',
    'v8::Local<v8::Object> object = maybe.ToLocalChecked();',
    'bool had = maybe.FromJust();',
  ]) {
    it(`is noticed: ${code}`, () => {
      expect(find(code)).not.toEqual([]);
    });
  }

  for (const code of [
    'Napi::Value Eval(const Napi::CallbackInfo& info);',
    'if (napi_unwrap(env, Of(value, (1)), &held) != napi_ok) return nullptr;',
    'napi_value ToNapi(v8::Local<v8::Value> local);',
    'if (!value->ToString(context).ToLocal(&text)) return;',
    '// info[0].ToString() is not used, nor Napi::Object',
    'Misuse("Napi::Object::New(env)");',
  ]) {
    it(`is left alone: ${code}`, () => {
      expect(find(code)).toEqual([]);
    });
  }

  it('is told with its file and line', () => {
    expect(find('// first\n/* second\n*/ a = value.Utf8Value();')).toEqual([
      'native/binding/x.cc:3: .Utf8Value() leaves an exception pending',
    ]);
  });
});
