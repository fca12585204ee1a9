#ifndef CQUARRY_CURL_SHIM_H
#define CQUARRY_CURL_SHIM_H

#include <curl/curl.h>

// Swift cannot call variadic C functions: one door for each type of argument.

static inline CURLcode quarry_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode quarry_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quarry_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quarry_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quarry_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quarry_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*quarry_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode quarry_curl_set_data_callback(CURL *handle, CURLoption option, quarry_curl_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode quarry_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode quarry_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode quarry_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

// The result of a finished transfer; the message's union is opaque to Swift.
static inline CURLcode quarry_curl_message_result(const CURLMsg *message) { return message->data.result; }

// Macros that Swift does not import.
static const size_t quarry_curl_write_pause = CURL_WRITEFUNC_PAUSE;
static const long quarry_curl_http_version_2tls = CURL_HTTP_VERSION_2TLS;
static const int quarry_curl_pause_continue = CURLPAUSE_CONT;
static const size_t quarry_curl_error_size = CURL_ERROR_SIZE;
static const long quarry_curl_multiplex = CURLPIPE_MULTIPLEX;

#endif
