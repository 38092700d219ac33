import Foundation
import Tensors

/// The most memory that this process has held since it was asked to forget earlier peaks, as Linux counts it.
enum PeakMemory {
    /// Forgets earlier peaks (proc(5), `clear_refs`), after returning what is not needed any more. Where that is not
    /// allowed, peaks are those since the start.
    static func reset() {
        TensorMemory.releaseUnused()
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
    }

    /// In MiB; 0 where the system does not tell.
    static var mebibytes: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let match = status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/), let kibibytes = Int(match.1)
        else { return 0 }
        return kibibytes / 1024
    }
}
