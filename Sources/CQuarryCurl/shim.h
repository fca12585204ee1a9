#ifndef CQUARRY_CURL_SHIM_H
#define CQUARRY_CURL_SHIM_H

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

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

static inline CURLcode quarry_curl_set_open_socket(CURL *handle, curl_opensocket_callback value) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode quarry_curl_set_before_request(CURL *handle, curl_prereq_callback value) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode quarry_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode quarry_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode quarry_curl_get_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode quarry_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

// The result of a finished transfer; the message's union is opaque to Swift.
static inline CURLcode quarry_curl_message_result(const CURLMsg *message) { return message->data.result; }

// The bytes of a literal address, in network order: their count is 4, 16, or 0 where the text is none.
static inline int quarry_curl_parse_address(const char *text, unsigned char bytes[16]) {
    if (inet_pton(AF_INET, text, bytes) == 1) return 4;
    if (inet_pton(AF_INET6, text, bytes) == 1) return 16;
    return 0;
}

// The text of an address, for messages; empty where the count is neither 4 nor 16.
static inline void quarry_curl_write_address(const unsigned char *bytes, int count, char text[64]) {
    text[0] = 0;
    if (count == 4 || count == 16) inet_ntop(count == 4 ? AF_INET : AF_INET6, bytes, text, 64);
}

// The same of an address that libcurl is about to connect to. Its buffer is longer than its declared type.
static inline int quarry_curl_address_bytes(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    const void *start = &address->addr;
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in internet;
        memcpy(&internet, start, sizeof internet);
        memcpy(bytes, &internet.sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 internet;
        memcpy(&internet, start, sizeof internet);
        memcpy(bytes, &internet.sin6_addr, 16);
        return 16;
    }
    return 0;
}

static inline curl_socket_t quarry_curl_open_socket(const struct curl_sockaddr *address) {
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    return socket(address->family, address->socktype, address->protocol);
#endif
}

// Macros that Swift does not import.
static const curl_socket_t quarry_curl_bad_socket = CURL_SOCKET_BAD;
static const int quarry_curl_allow_request = CURL_PREREQFUNC_OK;
static const int quarry_curl_refuse_request = CURL_PREREQFUNC_ABORT;
static const size_t quarry_curl_write_pause = CURL_WRITEFUNC_PAUSE;
static const long quarry_curl_http_version_2tls = CURL_HTTP_VERSION_2TLS;
static const int quarry_curl_pause_continue = CURLPAUSE_CONT;
static const size_t quarry_curl_error_size = CURL_ERROR_SIZE;
static const long quarry_curl_multiplex = CURLPIPE_MULTIPLEX;

#endif
