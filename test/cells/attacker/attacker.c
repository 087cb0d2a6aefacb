// attempt(name, parent, onThread) → the errno of one attempt, 0 if it was allowed, -1 if there is none of that name.
#include <node_api.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "attempts.h"

struct Job {
  const struct Attempt* attempt;
  long parent;
  int error;
};

static void* Run(void* data) {
  struct Job* job = data;
  job->error = Try(job->attempt, job->parent);
  return NULL;
}

static int RunOn(const char* name, long parent, bool thread) {
  for (size_t i = 0; i < kAttemptCount; ++i) {
    if (strcmp(kAttempts[i].name, name) != 0) continue;
    struct Job job = {&kAttempts[i], parent, -2};
    pthread_t other;
    if (!thread) {
      Run(&job);
    } else if (pthread_create(&other, NULL, Run, &job) == 0) {
      pthread_join(other, NULL);
    }
    return job.error;
  }
  return -1;
}

static napi_value Attempt(napi_env env, napi_callback_info info) {
  napi_value given[3];
  size_t count = 3;
  char name[64];
  int64_t parent = 0;
  bool thread = false;
  napi_value result = NULL;
  if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok ||
      napi_get_value_string_utf8(env, given[0], name, sizeof(name), NULL) != napi_ok ||
      napi_get_value_int64(env, given[1], &parent) != napi_ok ||
      napi_get_value_bool(env, given[2], &thread) != napi_ok ||
      napi_create_int32(env, RunOn(name, parent, thread), &result) != napi_ok) {
    return NULL;
  }
  return result;
}

// () → the names of all attempts.
static napi_value Names(napi_env env, napi_callback_info info) {
  napi_value list;
  if (napi_create_array(env, &list) != napi_ok) return NULL;
  for (size_t i = 0; i < kAttemptCount; ++i) {
    napi_value name;
    if (napi_create_string_utf8(env, kAttempts[i].name, NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_set_element(env, list, (uint32_t)i, name) != napi_ok) {
      return NULL;
    }
  }
  return list;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor properties[] = {
      {"attempt", NULL, Attempt, NULL, NULL, NULL, napi_default, NULL},
      {"names", NULL, Names, NULL, NULL, NULL, napi_default, NULL},
  };
  if (napi_define_properties(env, exports, 2, properties) != napi_ok) return NULL;
  return exports;
}
