import Foundation

/// Makes sure that descriptors 0 to 2 are taken.
///
/// Where one was closed before the program started, the next file opened, perhaps the cache, would get its number and be
/// taken for standard input or output. Each is opened the wrong way round, so that using it fails as it should.
func reserveStandardDescriptors() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
        // The lowest free number is the one that was found closed.
        _ = open("/dev/null", mode)
    }
}
