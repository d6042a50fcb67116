# Cross building for 64-bit Arm: Debian's cross compiler, and Debian's packages for arm64 in
# build/sysroot-arm64 (tools/checks/cross puts them there). Built programs run under qemu.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
cmake_path(SET CMAKE_SYSROOT NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-arm64)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L ${CMAKE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

set(libs ${CMAKE_SYSROOT}/usr/lib/aarch64-linux-gnu)
# Packages unpacked without their scripts have no alternatives: OpenBLAS lies in its own folder.
set(ENV{PKG_CONFIG_LIBDIR}
  ${libs}/openblas-pthread/pkgconfig:${libs}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
