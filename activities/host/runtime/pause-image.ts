/**
 * The image of the pause container: one static program that sleeps, written here byte by byte, so that awsvpc tasks
 * need no registry. As process 1 of a shared PID namespace, it also lets the kernel reap orphans.
 */
import { tarArchive } from './tar.ts';

export const PAUSE_PATH = '/pause';
/** Change the tag when the program changes, because an image of the same name is not imported again. */
export const PAUSE_IMAGE = 'longshore-pause:1';

/** Where the kernel loads the program, headers included. */
const LOAD_ADDRESS = 0x400000;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const CODE_OFFSET = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;

interface Machine {
  /** ELF e_machine. */
  readonly id: number;
  readonly code: Buffer;
}

/** struct sigaction { handler = SIG_IGN (1), flags = 0, restorer = 0, mask = 0 }, eight bytes each. */
const IGNORE = Buffer.from([1, ...new Array<number>(31).fill(0)]);

function x86Code(): Buffer {
  const program = [
    ...[0xb8, 13, 0, 0, 0], //                 mov eax, 13         rt_sigaction(
    ...[0xbf, 17, 0, 0, 0], //                 mov edi, 17           SIGCHLD,
    ...[0x48, 0x8d, 0x35, 19, 0, 0, 0], //     lea rsi, [rip+19]     &IGNORE, which follows the code,
    ...[0x31, 0xd2], //                        xor edx, edx          NULL,
    ...[0x41, 0xba, 8, 0, 0, 0], //            mov r10d, 8           8)
    ...[0x0f, 0x05], //                        syscall
    ...[0xb8, 34, 0, 0, 0], //           sleep: mov eax, 34        pause()
    ...[0x0f, 0x05], //                        syscall
    ...[0xeb, 0xf7], //                        jmp sleep           (nine bytes back)
  ];
  return Buffer.concat([Buffer.from(program), IGNORE]);
}

function arm64Code(): Buffer {
  const movz = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0;
  const adr = (register: number, offset: number): number =>
    (0x10000000 | ((offset & 3) << 29) | ((offset >> 2) << 5) | register) >>> 0;
  const svc = 0xd4000001;
  const branch = (instructions: number): number => (0x14000000 | (instructions & 0x3ffffff)) >>> 0;
  const program = [
    movz(8, 134), // mov x8, #134         rt_sigaction(
    movz(0, 17), //  mov x0, #17            SIGCHLD,
    adr(1, 44), //   adr x1, IGNORE         &IGNORE: eleven instructions on, behind the code,
    movz(2, 0), //   mov x2, #0             NULL,
    movz(3, 8), //   mov x3, #8             8)
    svc, //          svc #0
    movz(0, 0), //   sleep: mov x0, #0    ppoll(NULL,   (arm64 has no pause)
    movz(1, 0), //   mov x1, #0             0,
    movz(2, 0), //   mov x2, #0             NULL: for ever,
    movz(3, 0), //   mov x3, #0             NULL)
    movz(8, 73), //  mov x8, #73
    svc, //          svc #0
    branch(-6), //   b sleep
  ];
  const code = Buffer.alloc(program.length * 4);
  program.forEach((word, index) => code.writeUInt32LE(word, index * 4));
  return Buffer.concat([code, IGNORE]);
}

const machines: Readonly<Record<string, () => Machine>> = {
  x86_64: () => ({ id: 62, code: x86Code() }),
  aarch64: () => ({ id: 183, code: arm64Code() }),
};

/** The program as an ELF file for an engine's architecture (`x86_64` or `aarch64`); undefined for others. */
export function pauseProgram(architecture: string): Buffer | undefined {
  const machine = machines[architecture]?.();
  if (machine === undefined) return undefined;
  const size = CODE_OFFSET + machine.code.length;
  const elf = Buffer.alloc(size);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // magic, 64 bit, little endian, version 1
  elf.writeUInt16LE(2, 16); // ET_EXEC
  elf.writeUInt16LE(machine.id, 18);
  elf.writeUInt32LE(1, 20); // version
  elf.writeBigUInt64LE(BigInt(LOAD_ADDRESS + CODE_OFFSET), 24); // entry
  elf.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // program headers follow this header
  elf.writeUInt16LE(ELF_HEADER_BYTES, 52);
  elf.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  elf.writeUInt16LE(1, 56); // one program header
  const ph = ELF_HEADER_BYTES;
  elf.writeUInt32LE(1, ph); // PT_LOAD
  elf.writeUInt32LE(5, ph + 4); // readable, executable
  elf.writeBigUInt64LE(BigInt(LOAD_ADDRESS), ph + 16); // virtual address
  elf.writeBigUInt64LE(BigInt(LOAD_ADDRESS), ph + 24); // physical address
  elf.writeBigUInt64LE(BigInt(size), ph + 32); // bytes in the file
  elf.writeBigUInt64LE(BigInt(size), ph + 40); // bytes in memory
  elf.writeBigUInt64LE(0x1000n, ph + 48); // page alignment
  elf.set(machine.code, CODE_OFFSET);
  return elf;
}

/** The image's only file, as the engine imports it. The bytes are always the same, and so is the image. */
export const pauseArchive = (program: Buffer): Buffer =>
  tarArchive([{ kind: 'file', path: PAUSE_PATH.slice(1), content: program }]);
