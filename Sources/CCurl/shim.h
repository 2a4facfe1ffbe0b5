#pragma once
#include <curl/curl.h>

// libcurl takes its options as variable arguments, which Swift cannot call: one function for each type.
static inline CURLcode curl_set_number(CURL *curl, CURLoption option, long number) {
  return curl_easy_setopt(curl, option, number);
}
static inline CURLcode curl_set_text(CURL *curl, CURLoption option, const char *text) {
  return curl_easy_setopt(curl, option, text);
}
static inline CURLcode curl_set_list(CURL *curl, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(curl, option, list);
}
static inline CURLcode curl_set_data(CURL *curl, CURLoption option, void *data) {
  return curl_easy_setopt(curl, option, data);
}
static inline CURLcode curl_set_reader(CURL *curl, size_t (*reader)(char *, size_t, size_t, void *)) {
  return curl_easy_setopt(curl, CURLOPT_READFUNCTION, reader);
}
static inline CURLcode curl_set_listener(CURL *curl, int (*listener)(CURL *, curl_infotype, char *, size_t, void *)) {
  return curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listener);
}
static inline CURLcode curl_set_progress(CURL *curl, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
  return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
}
