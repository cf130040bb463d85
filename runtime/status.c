/* Texts of statuses, and the version. */
#include "woapol.h"

#define TEXT(x) #x
#define VERSION(major, minor) TEXT(major) "." TEXT(minor)

const char *
woapol_status_text(enum woapol_status status)
{
    switch (status) {
    case WOAPOL_OK:
        return "all is well";
    case WOAPOL_E_TRUNCATED:
        return "the image is cut off, or bytes were added";
    case WOAPOL_E_MAGIC:
        return "this is not a woapol image";
    case WOAPOL_E_VERSION:
        return "the image is of a version that this library does not know";
    case WOAPOL_E_CHECKSUM:
        return "the image is damaged";
    case WOAPOL_E_FORMAT:
        return "a table of the image is not as it must be";
    case WOAPOL_E_ALIGNMENT:
        return "the image does not start at a multiple of 8 in memory";
    case WOAPOL_E_SIGNATURE:
        return "the image's signatures are not acceptable";
    case WOAPOL_E_MEMORY:
        return "the memory handed over is too small";
    case WOAPOL_E_ARGUMENT:
        return "an argument is not allowed here";
    }
    return "a status that does not exist";
}

const char *
woapol_version(void)
{
    return VERSION(WOAPOL_VERSION_MAJOR, WOAPOL_VERSION_MINOR);
}
