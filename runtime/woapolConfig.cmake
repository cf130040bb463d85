# find_package(woapol) gives woapol::woapol, the shared library, and woapol::static.
# The paths are taken from where this file lies, LIBDIR/cmake/woapol.
get_filename_component(_woapol_lib "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
get_filename_component(_woapol_prefix "${_woapol_lib}/.." ABSOLUTE)
if(NOT TARGET woapol::woapol)
    add_library(woapol::woapol SHARED IMPORTED)
    set_target_properties(woapol::woapol PROPERTIES
        IMPORTED_LOCATION "${_woapol_lib}/libwoapol.so.0"
        IMPORTED_SONAME libwoapol.so.0
        INTERFACE_INCLUDE_DIRECTORIES "${_woapol_prefix}/include")
    add_library(woapol::static STATIC IMPORTED)
    set_target_properties(woapol::static PROPERTIES
        IMPORTED_LOCATION "${_woapol_lib}/libwoapol.a"
        INTERFACE_INCLUDE_DIRECTORIES "${_woapol_prefix}/include")
endif()
