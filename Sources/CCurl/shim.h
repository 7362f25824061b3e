// The part of libcurl that Swift needs, with types. curl_easy_setopt and curl_easy_getinfo are variadic, which Swift
// refuses; each wrapper below passes the one C type that its options document, so that a Swift Int can never
// land where libcurl reads a long or a curl_off_t.
#pragma once
// curl's type checks are macros over the variadic calls; the wrappers replace them.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

/// Bytes of a body or one line of a header; returns how many were taken, another number ends the transfer.
typedef size_t (*ccurl_take)(char *bytes, size_t size, size_t count, void *context);
/// Called about once a second and whenever bytes moved; anything but 0 ends the transfer.
typedef int (*ccurl_watch)(void *context, curl_off_t total, curl_off_t received, curl_off_t, curl_off_t);

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
/// libcurl keeps a copy of the string.
static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
/// Posts so many bytes, of which libcurl keeps a copy.
static inline CURLcode ccurl_set_body(CURL *handle, const void *bytes, long count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POST, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
    return code;
}
/// libcurl keeps the list itself, which must outlive the transfer.
static inline CURLcode ccurl_set_headers(CURL *handle, struct curl_slist *lines) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
}
/// CURL_ERROR_SIZE bytes that libcurl writes the details of a failure into, until the handle is reset.
static inline CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer) {
    return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}
/// `context` goes to all three functions.
static inline CURLcode ccurl_set_functions(CURL *handle, ccurl_take body, ccurl_take header, ccurl_watch watch,
                                           void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    return code;
}
static inline long ccurl_response_code(CURL *handle) {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
}
/// CURL_GLOBAL_DEFAULT holds a cast to long that Swift does not import.
static inline CURLcode ccurl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
