#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

/// The next entry, and its name in UTF-8 or in the unknown encoding of the archive, whatever the locale of the process.
static inline int quarry_archive_next(struct archive *archive, struct archive_entry **entry, const char **name) {
    locale_t names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (names == (locale_t)0) names = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
    locale_t before = names == (locale_t)0 ? (locale_t)0 : uselocale(names);
    int status = archive_read_next_header(archive, entry);
    *name = status == ARCHIVE_EOF || *entry == NULL ? NULL : archive_entry_pathname(*entry);
    if (names != (locale_t)0) {
        uselocale(before);
        freelocale(names);
    }
    return status;
}
