package io.jobyard.codec;

import io.jobyard.PushRefused;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Reads the body of a lambda that should be exactly one call, and finds where the call's arguments
 * come from.
 *
 * <p>The compiler made the body a method of its own whose parameters are what the lambda captured.
 * Its instructions are followed with a stack of {@link Source}s in place of values. Loads put a
 * source on it, boxing and widening wrap one, the call takes its arguments off and leaves its
 * value, which may only be returned. Every other instruction means that the lambda does more than
 * call, and that would be lost: it is refused, in the words of the source.
 */
final class CallReader {
  private static final String ADVICE = "; push exactly one call, its arguments made before";

  /** The call's value, which may only be returned. */
  private static final Source RESULT = new Source.Captured(-1);

  private final ClassLoader loader;
  private final Map<Integer, Source> variables = new HashMap<>();
  private final Deque<Source> stack = new ArrayDeque<>();
  private @Nullable Call call;

  private CallReader(ClassLoader loader) {
    this.loader = loader;
  }

  /** A call as it stands in the code. */
  @SuppressWarnings("ArrayRecordComponent")
  record Call(String owner, String name, String descriptor, Source[] arguments) {
    @Override
    public String toString() {
      return MarkedMethod.simpleName(owner) + "." + name;
    }
  }

  /**
   * The one call of a lambda.
   *
   * @throws PushRefused if it is not exactly one
   */
  static Call read(SerializedLambda lambda, ClassLoader loader) {
    CallReader reader = new CallReader(loader);
    reader.declareCaptured(lambda);
    for (AbstractInsnNode instruction : body(lambda, loader).instructions) {
      reader.step(instruction);
    }
    if (reader.call == null) {
      throw refused("makes no call");
    }
    return reader.call;
  }

  private static MethodNode body(SerializedLambda lambda, ClassLoader loader) {
    String file = lambda.getImplClass() + ".class";
    var code = new ClassNode();
    try (InputStream bytes = loader.getResourceAsStream(file)) {
      if (bytes == null) {
        throw new PushRefused("the lambda's code " + file + " is not on the class path");
      }
      new ClassReader(bytes).accept(code, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    } catch (IOException | IllegalArgumentException e) {
      throw new PushRefused("the lambda's code " + file + " cannot be read: " + e.getMessage(), e);
    }
    return code.methods.stream()
        .filter(method ->
            method.name.equals(lambda.getImplMethodName())
                && method.desc.equals(lambda.getImplMethodSignature()))
        .findFirst()
        .orElseThrow(() -> new PushRefused("the lambda's code is not in " + file));
  }

  private void declareCaptured(SerializedLambda lambda) {
    int captured = 0;
    int slot = 0;
    if (lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic) {
      variables.put(slot++, new Source.Captured(captured++));
    }
    for (Type type : Type.getArgumentTypes(lambda.getImplMethodSignature())) {
      variables.put(slot, new Source.Captured(captured++));
      slot += type.getSize();
    }
  }

  private void step(AbstractInsnNode instruction) {
    int opcode = instruction.getOpcode();
    if (opcode < 0) {
      return; // a label or a line number
    }
    if (opcode == Opcodes.RETURN) {
      return;
    }
    switch (instruction) {
      case MethodInsnNode method -> call(method);
      case VarInsnNode variable when opcode <= Opcodes.ALOAD -> load(variables.get(variable.var));
      case VarInsnNode variable -> throw refused("assigns a variable");
      case FieldInsnNode field -> field(field);
      case LdcInsnNode constant -> load(new Source.Constant(plain(constant.cst)));
      case IntInsnNode number when opcode != Opcodes.NEWARRAY ->
          load(new Source.Constant(number.operand));
      default -> simple(instruction, opcode);
    }
  }

  private void simple(AbstractInsnNode instruction, int opcode) {
    switch (opcode) {
      case Opcodes.ACONST_NULL -> load(new Source.Constant(null));
      case Opcodes.ICONST_M1,
          Opcodes.ICONST_0,
          Opcodes.ICONST_1,
          Opcodes.ICONST_2,
          Opcodes.ICONST_3,
          Opcodes.ICONST_4,
          Opcodes.ICONST_5 ->
          load(new Source.Constant(opcode - Opcodes.ICONST_0));
      case Opcodes.LCONST_0, Opcodes.LCONST_1 ->
          load(new Source.Constant((long) (opcode - Opcodes.LCONST_0)));
      case Opcodes.FCONST_0, Opcodes.FCONST_1, Opcodes.FCONST_2 ->
          load(new Source.Constant((float) (opcode - Opcodes.FCONST_0)));
      case Opcodes.DCONST_0, Opcodes.DCONST_1 ->
          load(new Source.Constant((double) (opcode - Opcodes.DCONST_0)));
      case Opcodes.I2L -> convert(long.class);
      case Opcodes.I2F, Opcodes.L2F -> convert(float.class);
      case Opcodes.I2D, Opcodes.L2D, Opcodes.F2D -> convert(double.class);
      case Opcodes.CHECKCAST -> {}
      case Opcodes.POP, Opcodes.POP2 -> stack.pop();
      case Opcodes.IRETURN, Opcodes.LRETURN, Opcodes.FRETURN, Opcodes.DRETURN, Opcodes.ARETURN ->
          returned(stack.pop());
      default -> throw refused(described(instruction, opcode));
    }
  }

  private void call(MethodInsnNode method) {
    Type[] parameters = Type.getArgumentTypes(method.desc);
    if (isBoxing(method)) {
      convert(primitive(parameters[0]));
      return;
    }
    if (isUnboxing(method)) {
      convert(primitive(Type.getReturnType(method.desc)));
      return;
    }
    String owner = Type.getObjectType(method.owner).getClassName();
    if (call != null) {
      throw refused(
          "makes two calls, %s and %s.%s"
              .formatted(call, MarkedMethod.simpleName(owner), method.name));
    }
    if (method.name.equals("<init>")) {
      throw refused("creates a " + MarkedMethod.simpleName(owner));
    }
    var arguments = new Source[parameters.length];
    for (int i = arguments.length - 1; i >= 0; i--) {
      arguments[i] = stack.pop();
    }
    if (method.getOpcode() != Opcodes.INVOKESTATIC) {
      stack.pop(); // the receiver: the worker has one of its own
    }
    call = new Call(owner, method.name, method.desc, arguments);
    if (!Type.getReturnType(method.desc).equals(Type.VOID_TYPE)) {
      stack.push(RESULT);
    }
  }

  private void field(FieldInsnNode node) {
    boolean isStatic = node.getOpcode() == Opcodes.GETSTATIC;
    if (!isStatic && node.getOpcode() != Opcodes.GETFIELD) {
      throw refused("assigns field " + node.name);
    }
    try {
      Field field = declared(Class.forName(node.owner.replace('/', '.'), false, loader), node.name);
      if (Modifier.isStatic(field.getModifiers()) != isStatic) {
        throw new NoSuchFieldException(node.name);
      }
      field.setAccessible(true);
      load(new Source.OfField(isStatic ? null : stack.pop(), field));
    } catch (ReflectiveOperationException | LinkageError | InaccessibleObjectException e) {
      throw new PushRefused("the lambda reads field " + node.name + ", which cannot be read", e);
    }
  }

  private static Field declared(Class<?> owner, String name) throws NoSuchFieldException {
    for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          return field;
        }
      }
    }
    return owner.getField(name); // an interface's constant
  }

  private static void returned(Source value) {
    Source returned = value;
    while (returned instanceof Source.As boxed) {
      returned = boxed.source();
    }
    if (!returned.equals(RESULT)) {
      throw refused("returns something else than the value of its call");
    }
  }

  private void load(@Nullable Source source) {
    stack.push(source == null ? new Source.Constant(null) : source);
  }

  private void convert(Class<?> primitive) {
    stack.push(new Source.As(stack.pop(), primitive));
  }

  private static Object plain(Object constant) {
    if (constant instanceof Number || constant instanceof String) {
      return constant;
    }
    throw refused("passes a class or a method, which JSON cannot carry");
  }

  private static boolean isBoxing(MethodInsnNode method) {
    return method.name.equals("valueOf")
        && method.getOpcode() == Opcodes.INVOKESTATIC
        && isBox(method.owner)
        && primitive(Type.getArgumentTypes(method.desc)[0]) != Object.class;
  }

  private static boolean isUnboxing(MethodInsnNode method) {
    return method.name.endsWith("Value")
        && method.getOpcode() == Opcodes.INVOKEVIRTUAL
        && isBox(method.owner);
  }

  private static boolean isBox(String owner) {
    return switch (owner) {
      case "java/lang/Boolean",
          "java/lang/Byte",
          "java/lang/Character",
          "java/lang/Short",
          "java/lang/Integer",
          "java/lang/Long",
          "java/lang/Float",
          "java/lang/Double" ->
          true;
      default -> false;
    };
  }

  private static Class<?> primitive(Type type) {
    return switch (type.getSort()) {
      case Type.BOOLEAN -> boolean.class;
      case Type.BYTE -> byte.class;
      case Type.CHAR -> char.class;
      case Type.SHORT -> short.class;
      case Type.INT -> int.class;
      case Type.LONG -> long.class;
      case Type.FLOAT -> float.class;
      case Type.DOUBLE -> double.class;
      default -> Object.class;
    };
  }

  private static String described(AbstractInsnNode instruction, int opcode) {
    return switch (instruction.getType()) {
      case AbstractInsnNode.JUMP_INSN,
          AbstractInsnNode.TABLESWITCH_INSN,
          AbstractInsnNode.LOOKUPSWITCH_INSN ->
          "has a branch";
      case AbstractInsnNode.INVOKE_DYNAMIC_INSN -> "joins strings or makes another lambda";
      case AbstractInsnNode.IINC_INSN -> "computes";
      case AbstractInsnNode.TYPE_INSN ->
          opcode == Opcodes.NEW ? "creates an object" : "creates an array or asks for a type";
      case AbstractInsnNode.INT_INSN, AbstractInsnNode.MULTIANEWARRAY_INSN -> "creates an array";
      default ->
          opcode >= Opcodes.LCMP && opcode <= Opcodes.DCMPG
              ? "has a branch"
              : opcode >= Opcodes.IADD && opcode < Opcodes.LCMP
                  ? "computes"
                  : "does more than pass on what it captured";
    };
  }

  private static PushRefused refused(String what) {
    return new PushRefused("the lambda " + what + ADVICE);
  }
}
